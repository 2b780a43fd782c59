"""Matches text by the engine that the models use, so that no third dialect comes in."""

from __future__ import annotations

from functools import cache

from pydantic_core import SchemaValidator, core_schema

from etl_polyglot.schema.regex.portable import portable


def matches(text: str, pattern: str) -> bool:
    """Whether a pattern, ECMA-262 with the flag u, is found in a text."""
    return _expression(portable(pattern)).isinstance_python(text)


def matches_portable(text: str, pattern: str) -> bool:
    """Whether a portable pattern is found in a text."""
    return _expression(pattern).isinstance_python(text)


@cache
def _expression(pattern: str) -> SchemaValidator:
    return SchemaValidator(core_schema.str_schema(pattern=pattern, strict=True))
