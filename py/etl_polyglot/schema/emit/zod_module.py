"""What a generated Zod module is made of while it is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from etl_polyglot.schema.emit.typescript_source import INDENT, bracketed, regex_literal
from etl_polyglot.schema.names import typescript_string
from etl_polyglot.schema.regex.linear import is_linear
from etl_polyglot.schema.regex.portable import read

Part = Callable[[str], str]
"""Writes an expression whose later lines have an indent."""


@dataclass(slots=True)
class ZodModule:
    """The named checks that a module uses, and the schemas that others in it refer to."""

    checks: set[str] = field(default_factory=set)
    definitions: list[str] = field(default_factory=list)

    def check(self, name: str) -> str:
        """Note that a named check is used; returns its name."""
        self.checks.add(name)
        return name

    def all_of(self, parts: list[Part], indent: str) -> str:
        """Join parts that all apply; "" where there is none."""
        if len(parts) < 2:
            return "".join(part(indent) for part in parts)
        return self.check("allOf") + bracketed(
            [part(indent + INDENT) for part in parts], indent, "([", "])"
        )

    def call(self, name: str, parts: list[Part], indent: str) -> str:
        """Write a named check of schemas."""
        arguments = [part(indent + INDENT) for part in parts]
        return bracketed(arguments, indent, f"{self.check(name)}(", ")")

    def matcher(self, pattern: str) -> str:
        """Write what matches a pattern."""
        if is_plain(pattern):
            return regex_literal(pattern)
        return f"{self.check('expression')}({own_engine(pattern)})"


def is_plain(pattern: str) -> bool:
    """Whether JavaScript's own engine means the same, and cannot be made to take long."""
    found = read(pattern)
    return is_linear(found) and not found.is_unicode


def own_engine(pattern: str) -> str:
    return typescript_string(read(pattern).portable)
