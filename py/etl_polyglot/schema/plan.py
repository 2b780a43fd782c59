"""Where kernels alone judge a record's columns, and where rows go to Pydantic.

Whether a kernel decides is asked of the kernels themselves: each constraint judges ordinary
values in a column of its own type, and what it leaves unsure falls back to rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from etl_polyglot.schema.columnar.judge import judge
from etl_polyglot.schema.columnar.place import place_of
from etl_polyglot.schema.ir import Node
from etl_polyglot.schema.record import Column, RecordSchema
from etl_polyglot.schema.shape import (
    is_closed,
    judging_others,
    judging_presence,
    why_text,
)
from etl_polyglot.schema.text import matches

_REASONS = {
    "uniqueItems": "items that are lists or objects are compared row by row",
    "pattern": "the expression is larger than RE2 takes",
    "format": "texts of this format are checked one by one",
    "multipleOf": "no double holds multiples of so small a step exactly",
}


@dataclass(frozen=True, slots=True)
class Fallback:
    """A place of a schema for which rows go to Pydantic, and why."""

    pointer: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What falls back row by row: by column, and for the record as a whole.

    A row that has a value in a column with fallbacks is judged as a whole by Pydantic; so is one
    that meets a fallback of the record.
    """

    columns: dict[str, tuple[Fallback, ...]]
    record: tuple[Fallback, ...]


def plan(schema: RecordSchema) -> Plan:
    """Say how rows of a record are judged, as they arrive from JSON or CSV."""
    found: dict[str, list[Fallback]] = {column.name: [] for column in schema.columns}
    for name, fallback in _of_members(schema.root, schema.columns, set()):
        if fallback not in found[name]:
            found[name].append(fallback)
    columns = {name: tuple(fallbacks) for name, fallbacks in found.items()}
    return Plan(columns, tuple(_of_record(schema)))


def _of_record(schema: RecordSchema) -> Iterator[Fallback]:
    if not is_closed(schema.root):
        # In a closed record such a row is wrong, whoever judges it.
        for pointer in judging_others(schema.root):
            yield Fallback(pointer, "rows with a member that has no column")
    if any(column.nullable and not column.required for column in schema.columns):
        for pointer in judging_presence(schema.root):
            yield Fallback(pointer, "rows in which an optional member is null")


def _of_members(
    node: Node, columns: tuple[Column, ...], seen: set[tuple[int, int]]
) -> Iterator[tuple[str, Fallback]]:
    """Yield the fallbacks of an object's members, with the names of their columns."""
    for column in columns:
        for one in _member_nodes(node, column.name):
            yield from ((column.name, fallback) for fallback in _of_value(one, column, seen))
    for one in node.in_place():
        yield from _of_members(one, columns, seen)


def _member_nodes(node: Node, name: str) -> Iterator[Node]:
    """Yield the schemas by which an object's schema judges one member."""
    judged = [one for pattern, one in node.patterns if matches(name, pattern)]
    judged += [prop.node for prop in node.properties if prop.name == name]
    if not judged and isinstance(node.extra, Node):
        judged.append(node.extra)
    yield from judged


def _of_value(node: Node, column: Column, seen: set[tuple[int, int]]) -> Iterator[Fallback]:
    if (id(node), id(column)) in seen:
        return
    seen.add((id(node), id(column)))
    if column.kind == "json":
        if _is_unsure(node, column) and (why := why_text(column.node)) is not None:
            yield Fallback(why[0], f"{why[1]} lies as JSON text")
        return
    for keyword, value in node.keywords.items():
        if _is_unsure(Node("", keywords={keyword: value}), column):
            reason = _REASONS.get(keyword, "no kernel decides it for such values")
            yield Fallback(f"{node.pointer}/{keyword}", reason)
    for one in node.in_place():
        yield from _of_value(one, column, seen)
    if column.item is not None:
        for one in filter(None, (*node.prefix, node.items, node.contains)):
            yield from _of_value(one, column.item, seen)
    yield from (fallback for _, fallback in _of_members(node, column.fields, seen))


def _is_unsure(node: Node, column: Column) -> bool:
    values = pa.array(_ordinary(column), column.text_type)
    return judge(node, values, place_of(column)).unsure is not None


def _ordinary(column: Column) -> list[Any]:
    """Return two values of a column that no kernel has a doubt about by themselves."""
    match column.kind:
        case "integer" | "number":
            return [1, 2]
        case "boolean":
            return [True, False]
        case "list":
            assert column.item is not None
            return [_ordinary(column.item), []]
        case "struct":
            members = {field.name: _ordinary(field) for field in column.fields}
            return [{name: values[at] for name, values in members.items()} for at in (0, 1)]
        case "json":
            return ["{}", "[]"]
    return ["a", "b"]
