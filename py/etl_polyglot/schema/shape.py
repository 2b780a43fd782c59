"""What the values of a schema can be: their types, and the column that holds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal, cast

from etl_polyglot.schema.ir import Node, Property
from etl_polyglot.schema.values import json_type

Kind = Literal[
    "integer",
    "number",
    "boolean",
    "string",
    "date-time",
    "date",
    "time",
    "list",
    "struct",
    "json",
]

ALL = frozenset({"null", "boolean", "integer", "number", "string", "array", "object"})


def value_types(node: Node) -> tuple[str, ...]:
    """Return the JSON types that a node's values can have; empty where it may be any."""
    found = _possible(node)
    if found == ALL:
        return ()
    if "number" in found:
        found -= {"integer"}
    named = [name for one in node.conjuncts() for name in one.types]
    return tuple(sorted(found, key=lambda name: named.index(name) if name in named else len(named)))


def _possible(node: Node) -> frozenset[str]:
    """The types by name; a number may be an integer, so both stand for it."""
    if node.never:
        return frozenset()
    found = ALL
    if node.types:
        found &= {"integer", *node.types} if "number" in node.types else frozenset(node.types)
    if "enum" in node.keywords:
        found &= _types_of(node.keywords["enum"])
    if "const" in node.keywords:
        found &= _types_of([node.keywords["const"]])
    for options in (node.variants, node.one_of):
        if options:
            found &= frozenset[str]().union(*map(_possible, options))
    for one in node.all_of:
        found &= _possible(one)
    return found & _possible(node.reference.node) if node.reference else found


def _types_of(values: Iterable[Any]) -> frozenset[str]:
    return frozenset(json_type(value) for value in values)


def admits_null(node: Node) -> bool:
    """Whether null fits a node."""
    null_is = {"enum": node.keywords.get("enum", [None]), "const": [node.keywords.get("const")]}
    if (
        node.never
        or (node.types and "null" not in node.types)
        or not all(None in values for values in null_is.values())
        or not all(map(admits_null, node.all_of))
        or (node.variants and not any(map(admits_null, node.variants)))
        or (node.one_of and sum(map(admits_null, node.one_of)) != 1)
        or (node.negated and admits_null(node.negated))
        or (node.reference and not admits_null(node.reference.node))
    ):
        return False
    if condition := node.condition:
        then = condition.then if admits_null(condition.test) else condition.otherwise
        return then is None or admits_null(then)
    return True


def column_kind(node: Node) -> Kind:
    """Return the kind of column that holds a node's values; `json` where no Arrow type does."""
    types = [name for name in value_types(node) if name != "null"]
    if len(types) != 1 or is_recursive(node):
        return "json"
    (kind,) = types
    if kind == "string":
        formats = [one.keywords["format"] for one in node.conjuncts() if "format" in one.keywords]
        known = formats and formats[0] in ("date-time", "date", "time")
        return cast(Kind, formats[0]) if known else "string"
    if kind == "array":
        item = list_item(node)
        return "json" if item is None or column_kind(item) == "json" else "list"
    if kind == "object":
        # Only what lists all its members has the same fields in every row, and a null in a
        # struct is an absent member.
        alike = is_closed(node) and members(node) and not judges_presence(node)
        return "struct" if alike else "json"
    return cast(Kind, kind)


def list_item(node: Node) -> Node | None:
    """Return the node of all items of a list, where one judges them alike."""
    nodes = [one.items for one in node.conjuncts() if one.items is not None]
    if len(nodes) != 1 or any(one.prefix for one in node.conjuncts()):
        return None
    return nodes[0]


def is_closed(node: Node) -> bool:
    """Whether an object has no members beside `members`."""
    return any(one.extra is False and not one.patterns for one in node.conjuncts())


def judges_others(node: Node) -> bool:
    """Whether members beside `members` can change the verdict on an object."""
    named = {prop.name for prop in members(node)}
    return any(_judges_beyond(one, named) for one in _at_the_same_value(node))


def judges_presence(node: Node) -> bool:
    """Whether an object with a null can get another verdict than one without that member.

    Members that must be there and may be null are told apart anyhow.
    """
    always = {id(one) for one in node.conjuncts()}
    return any(
        id(one) not in always
        or one.dependents
        or one.names
        or one.patterns
        # Members that another conjunct names are others to this one.
        or (one.extra is not True and len(always) > 1)
        or one.keywords.keys()
        & {"enum", "const", "minProperties", "maxProperties", "dependentRequired"}
        for one in _at_the_same_value(node)
    )


def _judges_beyond(node: Node, named: set[str]) -> bool:
    wanted = {prop.name for prop in node.properties}
    for trigger, names in node.keywords.get("dependentRequired", {}).items():
        wanted |= {trigger, *names}
    wanted |= {trigger for trigger, _ in node.dependents}
    whole = {"enum", "const", "minProperties", "maxProperties"}
    return bool(
        node.extra is not True
        or node.patterns
        # Their errors show the whole object.
        or node.variants
        or node.one_of
        or node.negated
        or node.condition
        or node.never
        or node.names
        or node.keywords.keys() & whole
        or not wanted <= named
    )


def _at_the_same_value(node: Node) -> Iterator[Node]:
    yield node
    for one in node.in_place():
        yield from _at_the_same_value(one)


def members(node: Node) -> tuple[Property, ...]:
    """Return the members that an object names, each once, whichever conjunct names them."""
    if not node.all_of and node.reference is None:
        return node.properties
    found: dict[str, list[Property]] = {}
    for one in node.conjuncts():
        for prop in one.properties:
            found.setdefault(prop.name, []).append(prop)
    result = []
    for name, several in found.items():
        required = any(prop.required for prop in several)
        first = several[0].node
        nodes = tuple(prop.node for prop in several)
        merged = Node(first.pointer, first.document, all_of=nodes) if nodes[1:] else first
        result.append(Property(name, merged, required))
    return tuple(result)


def is_recursive(node: Node) -> bool:
    """Whether a value of the node may have values of the same node inside."""
    seen: set[int] = set()
    wanted = {id(one) for one in node.conjuncts()}
    rest = [inner for one in node.conjuncts() for inner in one.within()]
    while rest:
        one = rest.pop()
        if id(one) in wanted:
            return True
        if id(one) not in seen:
            seen.add(id(one))
            rest += (*one.in_place(), *one.within())
    return False
