"""JSON Schema document → IR; whatever the profile does not have becomes a Problem."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from etl_polyglot.schema.canonical import MAX_SAFE_INTEGER, canonical_json
from etl_polyglot.schema.ir import Node, Property, Record, TypeName
from etl_polyglot.schema.load import Source
from etl_polyglot.schema.problem import Problem, SchemaError, pointer_token
from etl_polyglot.schema.profile import (
    ANNOTATIONS,
    CONSTRAINTS,
    DIALECT,
    REFUSED,
    ROOT_ANNOTATIONS,
    TYPES,
    did_you_mean,
)
from etl_polyglot.schema.regex import PatternError, portable
from etl_polyglot.schema.values import decimal_places, fits_type, json_type

MAX_DEPTH = 64


def parse_record(source: Source, formats: Mapping[str, str]) -> Record:
    """Compile a loaded document into the IR.

    `formats` maps the names that `format` may have to their expressions. Raises SchemaError
    with every problem of the document, in its order.
    """
    parser = _Parser(source, formats)
    root = parser.node(source.document, "", 0)
    if root.types != ("object",):
        parser.refuse("/type", "a record is an object", 'write "type": "object"')
    key = parser.primary_key(root)
    if parser.problems:
        raise SchemaError(parser.problems)
    return Record(source.name, source.digest, source.document, root, key)


class _Parser:
    def __init__(self, source: Source, formats: Mapping[str, str]) -> None:
        self.source = source
        self.formats = formats
        self.problems: list[Problem] = []
        self.checks: dict[str, Callable[[str, Any], None]] = {
            "type": self.check_type,
            "enum": self.check_enum,
            "multipleOf": self.check_multiple,
            "pattern": self.check_pattern,
            "format": self.check_format,
            "uniqueItems": self.check_boolean,
            **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems"), self.check_count),
            **dict.fromkeys(_BOUNDS, self.check_number),
        }

    def refuse(self, pointer: str, reason: str, instead: str) -> None:
        self.problems.append(Problem(pointer, reason, instead, self.source.path))

    def node(self, schema: Any, pointer: str, depth: int) -> Node:
        if not isinstance(schema, dict):
            reason = "boolean schemas are not of the profile"
            if not isinstance(schema, bool):
                reason = "a schema is a JSON object"
            self.refuse(pointer, reason, "write {} for any value, or leave the member out")
            return Node(pointer)
        if depth > MAX_DEPTH:
            self.refuse(pointer, f"is nested more than {MAX_DEPTH} deep", "write a flatter schema")
            return Node(pointer)
        known = len(self.problems)
        for keyword, value in schema.items():
            self.keyword(keyword, value, f"{pointer}/{pointer_token(keyword)}", pointer == "")
        if len(self.problems) == known:
            self.siblings(schema, pointer)
        properties, extra = self.members(schema, pointer, depth)
        items = schema.get("items")
        return Node(
            pointer,
            schema,
            _types(schema),
            schema.get("title"),
            schema.get("description"),
            {name: value for name, value in schema.items() if name in _VALUE_KEYWORDS},
            properties,
            extra,
            None if items is None else self.node(items, f"{pointer}/items", depth + 1),
            self.variants(schema, pointer, depth),
        )

    def keyword(self, keyword: str, value: Any, pointer: str, at_root: bool) -> None:
        if keyword in CONSTRAINTS:
            if check := self.checks.get(keyword):
                check(pointer, value)
        elif keyword in REFUSED:
            self.refuse(pointer, f"{keyword} is not of the profile", REFUSED[keyword])
        elif keyword in ROOT_ANNOTATIONS:
            if not at_root:
                self.refuse(pointer, f"{keyword} belongs to the document", "move it to the root")
            elif keyword == "$schema" and value != DIALECT:
                self.refuse(pointer, "is another dialect of JSON Schema", f'write "{DIALECT}"')
        elif keyword in ("title", "description") and not isinstance(value, str):
            self.refuse(pointer, "is not a string", "write a string")
        elif keyword not in ANNOTATIONS:
            words = [*CONSTRAINTS, *ANNOTATIONS, *ROOT_ANNOTATIONS, *REFUSED]
            instead = did_you_mean(keyword, words, "remove it, or write it in $comment")
            self.refuse(pointer, f"the keyword {keyword} is not known", instead)

    def siblings(self, schema: dict[str, Any], pointer: str) -> None:
        types = set(_types(schema))
        for keyword in schema:
            here = f"{pointer}/{pointer_token(keyword)}"
            applies = CONSTRAINTS.get(keyword)
            if applies is None or keyword in ("type", "enum", "const", "anyOf"):
                continue
            if not types & applies:
                wanted = sorted(applies)[0]
                where = f"type {schema['type']}" if "type" in schema else "a schema without type"
                self.refuse(
                    here, f"{keyword} judges nothing of {where}", f'write "type": "{wanted}"'
                )
            elif keyword in _BOUNDS and abs(schema[keyword]) > MAX_SAFE_INTEGER:
                if "integer" in types:
                    reason = f"is beyond ±{MAX_SAFE_INTEGER}, where doubles skip integers"
                    self.refuse(here, reason, "use a bound within it, or type number")
        chosen = [keyword for keyword in ("const", "enum", "anyOf") if keyword in schema]
        others = schema.keys() & CONSTRAINTS.keys() - {*chosen[:1], "type"}
        if chosen and (others or (chosen == ["anyOf"] and "type" in schema)):
            other = min(others, default="type")
            self.refuse(
                f"{pointer}/{pointer_token(other)}",
                f"{other} beside {chosen[0]} is not of the profile",
                f"say it inside {chosen[0]}",
            )
        elif chosen and chosen != ["anyOf"]:
            self.check_values_fit(schema, chosen[0], types, pointer)

    def check_values_fit(
        self, schema: dict[str, Any], keyword: str, types: set[TypeName], pointer: str
    ) -> None:
        values = schema["enum"] if keyword == "enum" else [schema["const"]]
        for value in values:
            if types and not fits_type(value, types):
                text = canonical_json(value)
                self.refuse(
                    f"{pointer}/{keyword}", f"{text} is not of the type beside it", "remove one"
                )

    def members(
        self, schema: dict[str, Any], pointer: str, depth: int
    ) -> tuple[tuple[Property, ...], Node | bool]:
        declared = schema.get("properties", {})
        required = schema.get("required", [])
        extra: Any = schema.get("additionalProperties", True)
        if not isinstance(declared, dict):
            self.refuse(f"{pointer}/properties", "is not an object", "write {name: schema}")
            declared = {}
        if not _is_names(required):
            self.refuse(f"{pointer}/required", "is not a list of different names", "write [names]")
            required = []
        if not isinstance(extra, bool):
            extra = self.node(extra, f"{pointer}/additionalProperties", depth + 1)
        properties = []
        for name, member in declared.items():
            here = f"{pointer}/properties/{pointer_token(name)}"
            if name == "__proto__":
                self.refuse(here, "JavaScript cannot hold this name", "use another name")
            node = self.node(member, here, depth + 1)
            properties.append(Property(name, node, name in required))
        for position, name in enumerate(required):
            if name in declared:
                continue
            here = f"{pointer}/required/{position}"
            if extra is False:
                names = list(declared)
                instead = did_you_mean(name, names, "add it to properties")
                self.refuse(here, f"{name} is required but no property, so nothing fits", instead)
            node = extra if isinstance(extra, Node) else Node(here)
            properties.append(Property(name, node, True))
        return tuple(properties), extra

    def variants(self, schema: dict[str, Any], pointer: str, depth: int) -> tuple[Node, ...]:
        if "anyOf" not in schema:
            return ()
        variants = schema["anyOf"]
        if not isinstance(variants, list) or not variants:
            self.refuse(f"{pointer}/anyOf", "is not a list of schemas", "write [schema, …]")
            return ()
        return tuple(
            self.node(variant, f"{pointer}/anyOf/{position}", depth + 1)
            for position, variant in enumerate(variants)
        )

    def primary_key(self, root: Node) -> tuple[str, ...]:
        key = self.source.document.get("x-primary-key", [])
        names = [prop.name for prop in root.properties]
        if not _is_names(key):
            self.refuse("/x-primary-key", "is not a list of different names", "write [names]")
            return ()
        for position, name in enumerate(key):
            if name not in names:
                instead = did_you_mean(name, names, f"name one of {', '.join(names)}")
                self.refuse(f"/x-primary-key/{position}", f"{name} is no property", instead)
        return tuple(key)

    def check_type(self, pointer: str, value: Any) -> None:
        names = value if isinstance(value, list) else [value]
        if not names or not _is_names(names):
            self.refuse(pointer, "is not a type or a list of types", f"use {', '.join(TYPES)}")
            return
        for name in names:
            if name not in TYPES:
                instead = did_you_mean(name, list(TYPES), f"use {', '.join(TYPES)}")
                self.refuse(pointer, f"{name} is no type", instead)

    def check_enum(self, pointer: str, value: Any) -> None:
        if not isinstance(value, list) or not value:
            self.refuse(pointer, "is not a list of values", "write [value, …]")
        elif len(set(map(canonical_json, value))) < len(value):
            self.refuse(pointer, "has the same value twice", "name each value once")

    def check_number(self, pointer: str, value: Any) -> None:
        if not _is_number(value):
            self.refuse(pointer, "is not a number", "write a number")

    def check_count(self, pointer: str, value: Any) -> None:
        if json_type(value) != "integer" or not 0 <= value < 2**31:
            self.refuse(pointer, "is not a count", "write an integer from 0 to 2147483647")

    def check_boolean(self, pointer: str, value: Any) -> None:
        if not isinstance(value, bool):
            self.refuse(pointer, "is not a boolean", "write true or false")

    def check_multiple(self, pointer: str, value: Any) -> None:
        if not _is_number(value) or value <= 0:
            self.refuse(pointer, "is not a number above 0", "write a number above 0")
        elif decimal_places(value) is None and not (
            json_type(value) == "integer" and value <= MAX_SAFE_INTEGER
        ):
            self.refuse(
                pointer,
                "cannot be checked exactly",
                "use an integer, or 0.1, 0.01, … 0.000000000001",
            )

    def check_pattern(self, pointer: str, value: Any) -> None:
        if not isinstance(value, str):
            self.refuse(pointer, "is not a string", "write a regular expression")
            return
        try:
            portable(value)
        except PatternError as exc:
            self.refuse(pointer, str(exc), exc.instead)

    def check_format(self, pointer: str, value: Any) -> None:
        names = list(self.formats)
        if not isinstance(value, str) or value not in names:
            instead = did_you_mean(str(value), names, f"use {', '.join(names)}, or pattern")
            self.refuse(pointer, f"the format {canonical_json(value)} is not known", instead)


_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_VALUE_KEYWORDS = CONSTRAINTS.keys() - {
    *("properties", "required", "additionalProperties", "items", "anyOf")
}


def _types(schema: dict[str, Any]) -> tuple[TypeName, ...]:
    value = schema.get("type", ())
    names = value if isinstance(value, list | tuple) else (value,)
    return tuple(
        name for name in names if name in TYPES and not (name == "integer" and "number" in names)
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_names(value: Any) -> bool:
    return (
        isinstance(value, list)
        and all(isinstance(name, str) for name in value)
        and len(set(value)) == len(value)
    )
