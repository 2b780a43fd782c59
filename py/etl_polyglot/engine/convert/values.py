"""Parsed JSON values → columns, with the rows that do not fit their columns set aside."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from etl_polyglot.engine.nested import list_array, rows_with, struct_array
from etl_polyglot.schema.arrow import Array
from etl_polyglot.schema.canonical import MAX_SAFE_INTEGER
from etl_polyglot.schema.columnar.judged import Mask, union
from etl_polyglot.schema.record import Column

_TYPES: Mapping[str, frozenset[type]] = {
    "integer": frozenset({int}),
    "number": frozenset({float}),
    "boolean": frozenset({bool}),
    "list": frozenset({list}),
    "struct": frozenset({dict}),
}
_TEXT = frozenset({str})


@dataclass(slots=True)
class Fitted:
    """Rows as columns.

    Attributes:
        arrays: one for each column, of its `text_type`; null where a value does not fit.
        wrong: the columns whose value has another type, by row; None stands for a row that
            is no object.
        loose: rows whose values fit, but which say more than columns can: a null where none
            is admitted, a required nullable member left out, an unknown key.
    """

    arrays: list[Array]
    wrong: dict[int, list[Column | None]] = field(default_factory=dict)
    loose: set[int] = field(default_factory=set)


def fit_rows(
    columns: Sequence[Column],
    closed: bool,
    presence: bool,
    rows: Sequence[Any],
    exact: bool = False,
) -> Fitted:
    """Lay JSON values out in columns.

    Parameters:
        columns: the columns.
        closed: whether a key that names no column makes a row loose.
        presence: whether the null of an optional member, written out, makes a row loose.
        rows: the parsed values.
        exact: whether a null that is written out within a value is a misfit where columns
            would take it for an absent member.

    Returns:
        The arrays, and the rows that did not go into them whole.
    """
    fitted = Fitted([])
    objects = [row if type(row) is dict else {} for row in rows]
    for index, row in enumerate(rows):
        if type(row) is not dict:
            fitted.wrong[index] = [None]
    if closed:
        known = {column.name for column in columns}
        fitted.loose.update(i for i, row in enumerate(objects) if not row.keys() <= known)
    for column in columns:
        name = column.name
        values = [row.get(name) for row in objects]
        admits_null = column.nullable and (column.required or not presence)
        if not admits_null and None in values:
            fitted.loose.update(
                i for i, value in enumerate(values) if value is None and name in objects[i]
            )
        if column.nullable and column.required and None in values:
            fitted.loose.update(
                i for i, value in enumerate(values) if value is None and name not in objects[i]
            )
        array, misfits = column_from_values(column, values, exact)
        fitted.arrays.append(array)
        if misfits is not None:
            for row in np.flatnonzero(misfits).tolist():
                fitted.wrong.setdefault(row, []).append(column)
    return fitted


def column_from_values(
    column: Column, values: list[Any], exact: bool = False
) -> tuple[Array, Mask | None]:
    """Lay the values of one column out in an array; None stands for an absent value.

    `exact` is as in `fit_rows`.

    Returns:
        An array of `column.text_type`, and which values do not fit it (None: all fit).
    """
    if column.kind == "json":
        texts = [None if value is None else orjson.dumps(value).decode() for value in values]
        return pa.array(texts, column.text_type), None
    found = set(map(type, values)) - {type(None)}
    misfits: Mask | None = None
    if not found <= _TYPES.get(column.kind, _TEXT) or column.kind == "integer":
        values, misfits = _keep(values, _ACCEPT.get(column.kind, _accept_text))
    if column.kind == "list" and column.item is not None:
        array, within = _lists(column, column.item, values, exact)
        return array, union(misfits, within)
    if column.kind == "struct":
        array, within = _structs(column, values, exact)
        return array, union(misfits, within)
    return pa.array(values, column.text_type), misfits


def _keep(values: list[Any], accept: Callable[[Any], Any]) -> tuple[list[Any], Mask | None]:
    kept = [None if value is None else accept(value) for value in values]
    lost = [i for i, value in enumerate(kept) if value is None and values[i] is not None]
    if not lost:
        return kept, None
    misfits = np.zeros(len(values), bool)
    misfits[lost] = True
    return kept, misfits


def _accept_integer(value: Any) -> int | None:
    if type(value) is float and value.is_integer():
        value = int(value)
    return value if type(value) is int and -MAX_SAFE_INTEGER <= value <= MAX_SAFE_INTEGER else None


def _accept_number(value: Any) -> float | None:
    return float(value) if type(value) in (int, float) else None


def _accept_boolean(value: Any) -> bool | None:
    return value if type(value) is bool else None


def _accept_list(value: Any) -> list[Any] | None:
    return value if type(value) is list else None


def _accept_struct(value: Any) -> dict[str, Any] | None:
    return value if type(value) is dict else None


def _accept_text(value: Any) -> str | None:
    return value if type(value) is str else None


_ACCEPT: Mapping[str, Callable[[Any], Any]] = {
    "integer": _accept_integer,
    "number": _accept_number,
    "boolean": _accept_boolean,
    "list": _accept_list,
    "struct": _accept_struct,
}


def _lists(
    column: Column, item: Column, values: list[Any], exact: bool
) -> tuple[Array, Mask | None]:
    lengths = np.array([0 if value is None else len(value) for value in values], np.int64)
    items = [each for value in values if value is not None for each in value]
    array, failed = column_from_values(item, items, exact)
    if not item.nullable and None in items:
        failed = union(failed, np.array([each is None for each in items]))
    absent = pa.array([value is None for value in values], pa.bool_())
    lists = list_array(lengths, array, column.text_type, absent)
    return lists, None if failed is None else rows_with(failed, lengths)


def _structs(column: Column, values: list[Any], exact: bool) -> tuple[Array, Mask | None]:
    absent = [value is None for value in values]
    fitted = fit_rows(column.fields, True, exact, [value or {} for value in values], exact)
    array = struct_array(fitted.arrays, column.text_type, pa.array(absent, pa.bool_()))
    lost = [row for row in {*fitted.wrong, *fitted.loose} if not absent[row]]
    if not lost:
        return array, None
    misfits = np.zeros(len(values), bool)
    misfits[lost] = True
    return array, misfits
