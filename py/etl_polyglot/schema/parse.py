"""JSON Schema document → IR; whatever the profile does not have becomes a Problem."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from etl_polyglot.schema.canonical import MAX_SAFE_INTEGER, canonical_json
from etl_polyglot.schema.ir import Node, Property, Record, TypeName
from etl_polyglot.schema.keywords import BOUNDS, KeywordChecks, is_names
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
from etl_polyglot.schema.values import fits_type

MAX_DEPTH = 64

VALUE_KEYWORDS = CONSTRAINTS.keys() - {
    *("properties", "required", "additionalProperties", "items", "anyOf")
}
"""Keywords that judge a value by itself; the others hold schemas or names."""

TYPELESS = {"type", "enum", "const", "anyOf"}


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
        self.problems: list[Problem] = []
        self.keywords = KeywordChecks(formats, self.refuse)

    def refuse(self, pointer: str, reason: str, instead: str) -> None:
        self.problems.append(Problem(pointer, reason, instead, self.source.path))

    def node(self, schema: Any, pointer: str, depth: int) -> Node:
        if not isinstance(schema, dict):
            reason = "a schema is a JSON object"
            if isinstance(schema, bool):
                reason = "boolean schemas are not of the profile"
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
        items = None
        if "items" in schema:
            items = self.node(schema["items"], f"{pointer}/items", depth + 1)
        return Node(
            pointer,
            schema,
            _types(schema),
            schema.get("title"),
            schema.get("description"),
            {name: value for name, value in schema.items() if name in VALUE_KEYWORDS},
            properties,
            extra,
            items,
            self.variants(schema, pointer, depth),
        )

    def keyword(self, keyword: str, value: Any, pointer: str, at_root: bool) -> None:
        if keyword in CONSTRAINTS:
            self.keywords.check(keyword, pointer, value)
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
        """Refuse what keywords say together and a back end could not."""
        types = set(_types(schema))
        where = f"type {canonical_json(schema['type'])}" if "type" in schema else "no type"
        for keyword in sorted(schema.keys() & CONSTRAINTS.keys() - TYPELESS):
            here = f"{pointer}/{keyword}"
            if not types & CONSTRAINTS[keyword]:
                wanted = min(CONSTRAINTS[keyword])
                reason = f"{keyword} judges nothing where there is {where}"
                self.refuse(here, reason, f'write "type": "{wanted}"')
            elif (
                keyword in BOUNDS and "integer" in types and abs(schema[keyword]) > MAX_SAFE_INTEGER
            ):
                reason = f"is beyond ±{MAX_SAFE_INTEGER}, where doubles skip integers"
                self.refuse(here, reason, "use a bound within it, or type number")
        chosen = next((name for name in ("const", "enum", "anyOf") if name in schema), None)
        if chosen is not None:
            self.alone(chosen, schema, pointer)

    def alone(self, chosen: str, schema: dict[str, Any], pointer: str) -> None:
        others = schema.keys() & CONSTRAINTS.keys() - {chosen}
        if chosen != "anyOf":
            others -= {"type"}
        for other in sorted(others):
            reason = f"{other} beside {chosen} is not of the profile"
            self.refuse(f"{pointer}/{other}", reason, f"say it inside {chosen}")
        values = schema.get("enum", [schema.get("const")])
        if chosen == "anyOf" or others or "type" not in schema:
            return
        for value in values:
            if not fits_type(value, _types(schema)):
                reason = f"{canonical_json(value)} is not of the type beside it"
                self.refuse(f"{pointer}/{chosen}", reason, "remove one")

    def members(
        self, schema: dict[str, Any], pointer: str, depth: int
    ) -> tuple[tuple[Property, ...], Node | bool]:
        declared = schema.get("properties", {})
        required = schema.get("required", [])
        extra: Any = schema.get("additionalProperties", True)
        if not isinstance(declared, dict):
            self.refuse(f"{pointer}/properties", "is not an object", "write {name: schema}")
            declared = {}
        if not is_names(required):
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
                instead = did_you_mean(name, list(declared), "add it to properties")
                self.refuse(here, f"{name} is required but no property, so nothing fits", instead)
            elif name == "__proto__":
                self.refuse(here, "JavaScript cannot hold this name", "use another name")
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
        if not is_names(key):
            self.refuse("/x-primary-key", "is not a list of different names", "write [names]")
            return ()
        for position, name in enumerate(key):
            if name not in names:
                instead = did_you_mean(name, names, f"name one of {', '.join(names)}")
                self.refuse(f"/x-primary-key/{position}", f"{name} is no property", instead)
        return tuple(key)


def _types(schema: dict[str, Any]) -> tuple[TypeName, ...]:
    value = schema.get("type", ())
    names = value if isinstance(value, list | tuple) else (value,)
    return tuple(
        name for name in names if name in TYPES and not (name == "integer" and "number" in names)
    )
