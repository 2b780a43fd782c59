"""What the values of a schema can be: their types, and the column that holds them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any, Literal, TypeVar, cast
from weakref import WeakKeyDictionary

from etl_polyglot.schema.ir import Node, Property
from etl_polyglot.schema.values import json_type

T = TypeVar("T")

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

_OF_THE_WHOLE = ("enum", "const", "minProperties", "maxProperties")
"""Keywords that judge an object by all its members together."""

ALL = frozenset({"null", "boolean", "integer", "number", "string", "array", "object"})


def _once_a_node(of: Callable[[Node], T]) -> Callable[[Node], T]:
    """Keep what was found of a node as long as the node: many ways may lead to one."""
    known: WeakKeyDictionary[Node, T] = WeakKeyDictionary()

    @wraps(of)
    def found(node: Node) -> T:
        if node not in known:
            known[node] = of(node)
        return known[node]

    return found


def value_types(node: Node) -> tuple[str, ...]:
    """Return the JSON types that a node's values can have; empty where it may be any."""
    found = _possible(node)
    if found == ALL:
        return ()
    if "number" in found:
        found -= {"integer"}
    named = [name for one in node.conjuncts() for name in one.types]
    return tuple(sorted(found, key=lambda name: named.index(name) if name in named else len(named)))


@_once_a_node
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


@_once_a_node
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
    if why_text(node) is not None:
        return "json"
    (kind,) = (name for name in value_types(node) if name != "null")
    if kind == "string":
        formats = [one.keywords["format"] for one in node.conjuncts() if "format" in one.keywords]
        known = formats and formats[0] in ("date-time", "date", "time")
        return cast(Kind, formats[0]) if known else "string"
    return cast(Kind, {"array": "list", "object": "struct"}.get(kind, kind))


def why_text(node: Node) -> tuple[str, str] | None:
    """Say why no Arrow type holds a node's values: a pointer, and what they are."""
    types = [name for name in value_types(node) if name != "null"]
    if len(types) != 1:
        return node.pointer, _several(types, node)
    if is_recursive(node):
        return node.pointer, f"an {types[0]} that may have others of its kind inside"
    if types == ["array"]:
        item = list_item(node)
        return (node.pointer, _unlike_items(node)) if item is None else why_text(item)
    if types == ["object"]:
        # Only what lists all its members has the same fields in every row, and a null in a
        # struct is an absent member.
        if not is_closed(node):
            either = any(one.variants or one.one_of for one in node.conjuncts())
            return node.pointer, "a union of objects" if either else "an open object"
        if not members(node):
            return node.pointer, "an object without members"
        if (pointer := next(judging_presence(node), None)) is not None:
            return pointer, "an object in which null and absent differ"
    return None


def _several(types: list[str], node: Node) -> str:
    if types:
        return f"a union of {', '.join(types[:-1])} and {types[-1]}"
    possible = _possible(node)
    if possible == ALL:
        return "a value of any type"
    return "null alone" if possible else "what no value fits"


def _unlike_items(node: Node) -> str:
    if any(one.prefix for one in node.conjuncts()):
        return "an array with a schema for each place"
    judged = any(one.items is not None for one in node.conjuncts())
    return "an array whose items several schemas judge" if judged else "an array of any items"


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
    return any(True for _ in judging_others(node))


def judging_others(node: Node) -> Iterator[str]:
    """Yield the pointers of what judges members beside `members`, or shows them in its errors."""
    named = {prop.name for prop in members(node)}
    for one in _at_the_same_value(node):
        if one.never:
            yield one.pointer
        yield from (f"{one.pointer}/{keyword}" for keyword in _judging_beyond(one, named))


def judges_presence(node: Node) -> bool:
    """Whether an object with a null can get another verdict than one without that member.

    Members that must be there and may be null are told apart anyhow.
    """
    return any(True for _ in judging_presence(node))


def judging_presence(node: Node) -> Iterator[str]:
    """Yield the pointers of what tells a null from an absent member."""
    always = {id(one) for one in node.conjuncts()}
    named = {prop.name for prop in members(node)}
    for one in _at_the_same_value(node):
        if id(one) not in always:
            yield one.pointer
            continue
        told = {
            "dependentSchemas": one.dependents,
            "propertyNames": one.names,
            "patternProperties": one.patterns,
            # Members that another conjunct names are others to this one.
            "additionalProperties": one.extra is not True
            and not named <= {prop.name for prop in one.properties},
        }
        told |= {name: name in one.keywords for name in (*_OF_THE_WHOLE, "dependentRequired")}
        yield from (f"{one.pointer}/{keyword}" for keyword, tells in told.items() if tells)


def _judging_beyond(node: Node, named: set[str]) -> Iterator[str]:
    wanted = node.keywords.get("dependentRequired", {})
    dependents = {*wanted, *(name for names in wanted.values() for name in names)}
    judging = {
        "additionalProperties": node.extra is not True,
        "patternProperties": node.patterns,
        "propertyNames": node.names,
        "properties": {prop.name for prop in node.properties} - named,
        "dependentRequired": dependents - named,
        "dependentSchemas": {trigger for trigger, _ in node.dependents} - named,
        **{name: name in node.keywords for name in _OF_THE_WHOLE},
        # The errors of these show the whole object.
        "anyOf": node.variants,
        "oneOf": node.one_of,
        "not": node.negated,
        "if": node.condition,
    }
    yield from (keyword for keyword, judges in judging.items() if judges)


def _at_the_same_value(node: Node) -> Iterator[Node]:
    seen: set[int] = set()
    rest = [node]
    while rest:
        one = rest.pop()
        if id(one) not in seen:
            seen.add(id(one))
            yield one
            rest += reversed([*one.in_place()])


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
