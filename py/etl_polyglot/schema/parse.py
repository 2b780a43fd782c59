"""JSON Schema document → IR; whatever the profile does not have becomes a Problem."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from etl_polyglot.schema.annotations import check_annotations, check_columns, primary_key
from etl_polyglot.schema.canonical import MAX_SAFE_INTEGER
from etl_polyglot.schema.ir import Condition, Node, Property, Record, Reference, TypeName
from etl_polyglot.schema.keywords import BOUNDS, KeywordChecks, is_names
from etl_polyglot.schema.load import Source
from etl_polyglot.schema.problem import Problem, SchemaError, pointer_token
from etl_polyglot.schema.profile import DIALECT, KEYWORDS, KNOWN, REFUSED, TYPES, did_you_mean
from etl_polyglot.schema.reach import check_reach
from etl_polyglot.schema.references import MAX_DEPTH, References
from etl_polyglot.schema.regex.portable import PatternError
from etl_polyglot.schema.shape import value_types
from etl_polyglot.schema.stack import with_room
from etl_polyglot.schema.text import matches
from etl_polyglot.schema.values import with_doubles

ASSERTIONS = {name for name, word in KEYWORDS.items() if word.role == "assertion"} - {"type"}


@with_room
def parse_record(source: Source, formats: Mapping[str, str]) -> Record:
    """Compile a loaded document into the IR.

    `formats` maps the names that `format` may have to their expressions. Raises SchemaError
    with every problem of the document, in its order.
    """
    parser = _Parser(source.document, source, formats)
    root = parser.read()
    if not parser.problems and value_types(root) != ("object",):
        parser.refuse("/type", "a record is an object", 'write "type": "object"')
    key = primary_key(root, parser.document, parser.refuse)
    if not parser.problems:
        check_columns(root, parser.nodes.values(), parser.refuse)
    if parser.problems:
        raise SchemaError(parser.problems)
    return Record(source.name, source.digest, parser.document, root, key)


@with_room
def parse_value(document: Any, source: Source, formats: Mapping[str, str]) -> Record:
    """Compile a schema of any value: the record has it as its one member, `value`."""
    parser = _Parser(document, source, formats)
    node = parser.read()
    if parser.problems:
        raise SchemaError(parser.problems)
    root = Node("", {}, ("object",), properties=(Property("value", node, True),), extra=False)
    return Record(source.name, source.digest, {"document": parser.document}, root, ())


class _Parser:
    def __init__(self, document: Any, source: Source, formats: Mapping[str, str]) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.keywords = KeywordChecks(formats, self.refuse)
        document = with_doubles(document)
        self.links = References(document)
        self.original = document
        self.document = self.links.self_contained(document)
        self.nodes: dict[str, Node] = {}
        self.open_references: list[Reference] = []

    def refuse(self, pointer: str, reason: str, instead: str) -> None:
        self.problems.append(Problem(pointer, reason, instead, self.source.path))

    def read(self) -> Node:
        root = self.node(self.original, self.document, "", 0)
        if self.problems:
            return root
        for reference in self.open_references:
            reference.target = self.nodes[reference.pointer]
        check_reach(reversed(self.nodes.values()), self.refuse)
        return root

    def node(self, schema: Any, document: Any, pointer: str, depth: int) -> Node:
        node = self._node(schema, document, pointer, depth)
        self.nodes[pointer] = node
        return node

    def _node(self, schema: Any, document: Any, pointer: str, depth: int) -> Node:
        if isinstance(schema, bool):
            return Node(pointer, schema, never=not schema)
        if not isinstance(schema, dict):
            self.refuse(pointer, "a schema is a JSON object or a boolean", "write {} for any value")
            return Node(pointer)
        if depth > MAX_DEPTH:
            self.refuse(pointer, f"is nested more than {MAX_DEPTH} deep", "write a flatter schema")
            return Node(pointer)
        for keyword, value in schema.items():
            self.keyword(keyword, value, f"{pointer}/{pointer_token(keyword)}", pointer == "")
        self._bounds(schema, pointer)
        check_annotations(schema, pointer, self.refuse)
        inner = _Inner(self, schema, document, pointer, depth)
        inner.named("$defs")
        patterns = inner.named("patternProperties")
        properties, extra = self.members(schema, inner, patterns, pointer)
        return Node(
            pointer,
            document,
            types=_types(schema),
            title=schema.get("title"),
            description=schema.get("description"),
            keywords={name: value for name, value in schema.items() if name in ASSERTIONS},
            properties=properties,
            extra=extra,
            items=inner.one("items"),
            variants=inner.several("anyOf"),
            prefix=inner.several("prefixItems"),
            contains=inner.one("contains"),
            patterns=patterns,
            names=inner.one("propertyNames"),
            dependents=inner.named("dependentSchemas"),
            all_of=inner.several("allOf"),
            one_of=inner.several("oneOf"),
            negated=inner.one("not"),
            condition=self.condition(inner),
            reference=self.reference(schema, pointer),
        )

    def keyword(self, keyword: str, value: Any, pointer: str, at_root: bool) -> None:
        if keyword in REFUSED:
            self.refuse(pointer, f"{keyword} is not of the profile", REFUSED[keyword])
        elif keyword not in KEYWORDS:
            instead = did_you_mean(keyword, KNOWN, "remove it, or write it in $comment")
            self.refuse(pointer, f"the keyword {keyword} is not known", instead)
        elif keyword == "x-primary-key" and not at_root:
            self.refuse(pointer, f"{keyword} belongs to the document", "move it to the root")
        elif keyword == "$schema":
            if value not in (DIALECT, f"{DIALECT}#"):
                self.refuse(pointer, "is another dialect of JSON Schema", f'write "{DIALECT}"')
        else:
            self.keywords.check(keyword, pointer, value)

    def reference(self, schema: dict[str, Any], pointer: str) -> Reference | None:
        link = schema.get("$ref")
        if not isinstance(link, str):
            return None
        target = self.links.resolve(pointer, link)
        if target is None:
            self.refuse(f"{pointer}/$ref", *self.links.why_missing(link))
            return None
        reference = Reference(target)
        self.open_references.append(reference)
        return reference

    def condition(self, inner: _Inner) -> Condition | None:
        test, then, otherwise = inner.one("if"), inner.one("then"), inner.one("else")
        if test is None or (then is None and otherwise is None):
            return None
        return Condition(test, then, otherwise)

    def members(
        self,
        schema: dict[str, Any],
        inner: _Inner,
        patterns: tuple[tuple[str, Node], ...],
        pointer: str,
    ) -> tuple[tuple[Property, ...], Node | bool]:
        required = schema.get("required", [])
        if not is_names(required):
            required = []
        declared = inner.named("properties")
        other = inner.one("additionalProperties")
        extra: Node | bool = True if other is None else other
        if isinstance(extra, Node) and isinstance(extra.document, bool):
            extra = extra.document
        properties = [Property(name, node, name in required) for name, node in declared]
        names = [name for name, _ in declared]
        for position, name in enumerate(required):
            if name in names:
                continue
            here = f"{pointer}/required/{position}"
            node = Node(here)
            if not any(_is_named_by(pattern, name) for pattern, _ in patterns):
                if extra is False:
                    instead = did_you_mean(name, names, "add it to properties")
                    reason = f"{name} is required but no property, so nothing fits"
                    self.refuse(here, reason, instead)
                node = extra if isinstance(extra, Node) else node
            properties.append(Property(name, node, True))
        return tuple(properties), extra

    def _bounds(self, schema: dict[str, Any], pointer: str) -> None:
        if "integer" not in _types(schema):
            return
        for keyword in sorted(schema.keys() & set(BOUNDS)):
            bound = schema[keyword]
            if isinstance(bound, int | float) and abs(bound) > MAX_SAFE_INTEGER:
                reason = f"is beyond ±{MAX_SAFE_INTEGER}, where doubles skip integers"
                self.refuse(f"{pointer}/{keyword}", reason, "use a bound within it, or type number")


class _Inner:
    """Reads the schemas that one schema holds."""

    def __init__(
        self, parser: _Parser, schema: dict[str, Any], document: Any, pointer: str, depth: int
    ) -> None:
        self.parser = parser
        self.schema = schema
        self.document = document
        self.pointer = pointer
        self.depth = depth + 1

    def one(self, keyword: str) -> Node | None:
        if keyword not in self.schema:
            return None
        here = f"{self.pointer}/{keyword}"
        return self.parser.node(self.schema[keyword], self.document[keyword], here, self.depth)

    def several(self, keyword: str) -> tuple[Node, ...]:
        value = self.schema.get(keyword, ())
        here = f"{self.pointer}/{keyword}"
        if keyword in self.schema and (not isinstance(value, list) or not value):
            self.parser.refuse(here, "is not a list of schemas", "write [schema, …]")
            return ()
        return tuple(
            self.parser.node(one, self.document[keyword][at], f"{here}/{at}", self.depth)
            for at, one in enumerate(value)
        )

    def named(self, keyword: str) -> tuple[tuple[str, Node], ...]:
        value = self.schema.get(keyword, {})
        here = f"{self.pointer}/{keyword}"
        if not isinstance(value, dict):
            self.parser.refuse(here, "is not an object of schemas", "write {name: schema}")
            return ()
        read = []
        for name, one in value.items():
            place = f"{here}/{pointer_token(name)}"
            if keyword == "patternProperties":
                self.parser.keywords.check("pattern", place, name)
            node = self.parser.node(one, self.document[keyword][name], place, self.depth)
            read.append((name, node))
        return tuple(read)


def _types(schema: dict[str, Any]) -> tuple[TypeName, ...]:
    value = schema.get("type", ())
    names = value if isinstance(value, list | tuple) else (value,)
    return tuple(
        name for name in names if name in TYPES and not (name == "integer" and "number" in names)
    )


def _is_named_by(pattern: str, name: str) -> bool:
    try:
        return matches(name, pattern)
    except PatternError:
        return False  # said where the pattern stands
