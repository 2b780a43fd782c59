"""Rows of a chunk → their JSON values, and what is wrong with those that have no JSON form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from etl_polyglot.frames.column import FrameColumn
from etl_polyglot.frames.json_values import without_json
from etl_polyglot.schema.columnar.place import NATURAL, Place
from etl_polyglot.schema.errors import ErrorRecord, error_record, in_order, shown
from etl_polyglot.schema.explain import explain
from etl_polyglot.schema.problem import pointer_token
from etl_polyglot.schema.record import RecordSchema
from etl_polyglot.schema.validator import LayersDisagreeError

_WHATEVER_IT_IS = {"type", "additionalProperties", "propertyNames", "false"}
"""The keywords that refuse a value without a look at what it is."""

JSON_TYPES = ["null", "boolean", "number", "string", "array", "object"]

Row = dict[str, Any]
Strange = list[tuple[tuple[str | int, ...], str]]
"""The places of values without a JSON form, each with its text."""


def rows_at(columns: Iterable[FrameColumn], place: Place, positions: Any) -> list[Row]:
    """Return a chunk's rows at some positions; a missing value is an absent member, or null."""
    rows: list[Row] = [{} for _ in range(len(positions))]
    chosen = pa.array(positions)
    for column in columns:
        inner = place.fields.get(column.name, NATURAL)
        for row, value in zip(rows, column.values(chosen, inner), strict=True):
            if value is not None or inner.keeps_null:
                row[column.name] = value
    return rows


def strange_places(row: Row) -> Strange:
    """Return the places of what has no JSON form within a row."""
    return list(without_json(row))


def row_errors(schema: RecordSchema, row: Row, index: int) -> list[ErrorRecord]:
    """Return the errors of a row that is refused, by path and keyword.

    A value that has no JSON form is of no type: where it may be at all, its one error is `type`,
    with what the schema expects there. Raises LayersDisagreeError where there is no error.
    """
    strange = strange_places(row)
    found = explain(schema.root, row, index)
    if strange:
        return _strange_errors(found, strange, index)
    if not found:
        raise LayersDisagreeError(
            f"columns of {schema.name} refuse row {index}, its schema does not; please report this"
        )
    return found


def _strange_errors(
    explained: Iterable[ErrorRecord], strange: Strange, index: int
) -> list[ErrorRecord]:
    texts = {_pointer(path): text for path, text in strange}
    found: list[ErrorRecord] = [
        record if record["path"] not in texts else {**record, "value": shown(texts[record["path"]])}
        for record in explained
        if record["path"] not in texts or record["keyword"] in _WHATEVER_IT_IS
    ]
    told = {record["path"] for record in found}
    found += [
        error_record(index, path, "type", JSON_TYPES, text)
        for path, text in strange
        if _pointer(path) not in told
    ]
    return in_order(found)


def _pointer(place: tuple[str | int, ...]) -> str:
    return "".join(f"/{pointer_token(token)}" for token in place)
