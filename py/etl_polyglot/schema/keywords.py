"""Whether a keyword's own value is what draft 2020-12 and the profile admit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from etl_polyglot.schema.canonical import canonical_json
from etl_polyglot.schema.profile import TYPES, did_you_mean
from etl_polyglot.schema.regex.linear import check_size
from etl_polyglot.schema.regex.portable import PatternError, read
from etl_polyglot.schema.values import json_type

Refuse = Callable[[str, str, str], None]
"""Takes a problem: its JSON Pointer, the reason, and what to write instead."""

BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
COUNTS = tuple(
    f"{end}{what}"
    for what in ("Length", "Items", "Properties", "Contains")
    for end in ("min", "max")
)
TEXTS = ("title", "description", "$id", "$anchor", "$ref")
FLAGS = ("uniqueItems", "deprecated", "readOnly", "writeOnly")


class KeywordChecks:
    """Checks one keyword at a time; what is wrong goes to `refuse`."""

    def __init__(self, formats: Mapping[str, str], refuse: Refuse) -> None:
        self.formats = formats
        self.refuse = refuse
        self._checks: dict[str, Callable[[str, Any], None]] = {
            "type": self._type,
            "enum": self._enum,
            "multipleOf": self._multiple,
            "pattern": self._pattern,
            "format": self._format,
            "required": self._names,
            "dependentRequired": self._names_by_name,
            **dict.fromkeys(FLAGS, self._boolean),
            **dict.fromkeys(TEXTS, self._text),
            **dict.fromkeys(COUNTS, self._count),
            **dict.fromkeys(BOUNDS, self._number),
        }

    def check(self, keyword: str, pointer: str, value: Any) -> None:
        """Check a keyword's value; keywords that hold schemas are checked by their reader."""
        if check := self._checks.get(keyword):
            check(pointer, value)

    def _type(self, pointer: str, value: Any) -> None:
        names = value if isinstance(value, list) else [value]
        if not names or not is_names(names):
            self.refuse(pointer, "is not a type or a list of types", f"use {', '.join(TYPES)}")
            return
        for name in names:
            if name not in TYPES:
                instead = did_you_mean(name, list(TYPES), f"use {', '.join(TYPES)}")
                self.refuse(pointer, f"{name} is no type", instead)

    def _enum(self, pointer: str, value: Any) -> None:
        if not isinstance(value, list):
            self.refuse(pointer, "is not a list of values", "write [value, …]")
        elif len(set(map(canonical_json, value))) < len(value):
            self.refuse(pointer, "has the same value twice", "name each value once")

    def _number(self, pointer: str, value: Any) -> None:
        if not _is_number(value):
            self.refuse(pointer, "is not a number", "write a number")

    def _count(self, pointer: str, value: Any) -> None:
        if json_type(value) != "integer" or not 0 <= value < 2**31:
            self.refuse(pointer, "is not a count", "write an integer from 0 to 2147483647")

    def _boolean(self, pointer: str, value: Any) -> None:
        if not isinstance(value, bool):
            self.refuse(pointer, "is not a boolean", "write true or false")

    def _multiple(self, pointer: str, value: Any) -> None:
        if not _is_number(value) or value <= 0:
            self.refuse(pointer, "is not a number above 0", "write a number above 0")

    def _text(self, pointer: str, value: Any) -> None:
        if not isinstance(value, str):
            self.refuse(pointer, "is not a string", "write a string")

    def _names(self, pointer: str, value: Any) -> None:
        if not is_names(value):
            self.refuse(pointer, "is not a list of different names", "write [names]")

    def _names_by_name(self, pointer: str, value: Any) -> None:
        if not isinstance(value, dict) or not all(map(is_names, value.values())):
            self.refuse(pointer, "is not an object of lists of names", "write {name: [names]}")

    def _pattern(self, pointer: str, value: Any) -> None:
        if not isinstance(value, str):
            self.refuse(pointer, "is not a string", "write a regular expression")
            return
        try:
            check_size(read(value))
        except PatternError as exc:
            self.refuse(pointer, str(exc), exc.instead)

    def _format(self, pointer: str, value: Any) -> None:
        names = list(self.formats)
        if not isinstance(value, str) or value not in names:
            instead = did_you_mean(str(value), names, f"use {', '.join(names)}, or pattern")
            self.refuse(pointer, f"the format {canonical_json(value)} is not known", instead)


def is_names(value: Any) -> bool:
    """Whether a value is a list of different strings."""
    return (
        isinstance(value, list)
        and all(isinstance(name, str) for name in value)
        and len(set(value)) == len(value)
    )


def declared_types(schema: Mapping[str, Any]) -> set[str]:
    """Return the types that a schema's own `type` names, less null."""
    types = schema.get("type", [])
    listed = types if isinstance(types, list) else [types]
    return {name for name in listed if isinstance(name, str)} - {"null"}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
