"""Arrow arrays → the JSON values that they stand for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa

from etl_polyglot.frames.instants import date_texts, instant_texts, time_texts
from etl_polyglot.frames.json_values import NoJson, json_value
from etl_polyglot.schema.arrow import Array, pc
from etl_polyglot.schema.columnar.place import NATURAL, Place
from etl_polyglot.schema.output import doubles_of_decimals, text_of_decimals

is_type = pa.types


def json_values(array: Array, place: Place = NATURAL) -> list[Any]:
    """Return the JSON values of an array, None for its nulls.

    A null member of a struct is absent, unless its place keeps it. What has no JSON form is a
    NoJson, or a float that is NaN or infinite.
    """
    for tests, read in _READERS:
        if any(test(array.type) for test in tests):
            return read(array, place)
    return [None if value is None else json_value(value, place) for value in array.to_pylist()]


def _plain(array: Array, place: Place) -> list[Any]:
    values: list[Any] = array.to_pylist()
    return values


def _floats(array: Array, place: Place) -> list[Any]:
    return _plain(array.cast(pa.float64()), place)


def _decimals(array: Array, place: Place) -> list[Any]:
    written = text_of_decimals(array) if place.is_text else doubles_of_decimals(array)
    return _plain(written, place)


def _instants(array: Array, place: Place) -> list[Any]:
    unit = "D" if is_type.is_date32(array.type) else getattr(array.type, "unit", "ms")
    write: Callable[[Any], list[str]] = instant_texts
    if is_type.is_date(array.type):
        write = date_texts
    elif is_type.is_time(array.type):
        write = time_texts
    width = pa.int32() if array.type.bit_width == 32 else pa.int64()
    counts = array.cast(width).fill_null(0).to_numpy().astype(np.int64)
    return _with_nulls(array, write(counts.view(f"datetime64[{unit}]")))


def _durations(array: Array, place: Place) -> list[Any]:
    values = array.to_numpy(zero_copy_only=False)
    return _with_nulls(array, [NoJson(str(value)) for value in values])


def _extensions(array: Array, place: Place) -> list[Any]:
    """Only of UUIDs is it known what they stand for."""
    is_known = array.type == pa.uuid()
    return [
        None if value is None else json_value(value) if is_known else NoJson(str(value))
        for value in array.to_pylist()
    ]


def _decoded(array: Array, place: Place) -> list[Any]:
    if is_type.is_dictionary(array.type):
        return json_values(array.dictionary_decode(), place)
    return json_values(pc.run_end_decode(array), place)


def _structs(array: Array, place: Place) -> list[Any]:
    fields = []
    for position, member in enumerate(array.flatten()):
        name = array.type.field(position).name
        inner = place.fields.get(name, NATURAL)
        fields.append((name, json_values(member, inner), inner.keeps_null))
    if len({name for name, _, _ in fields}) < len(fields):
        return _with_nulls(array, [NoJson("an object that names a key twice")] * len(array))
    rows: list[dict[str, Any]] = [{} for _ in range(len(array))]
    for name, values, keeps_null in fields:
        for row, value in zip(rows, values, strict=True):
            if value is not None or keeps_null:
                row[name] = value
    return _with_nulls(array, rows)


def _lists(array: Array, place: Place) -> list[Any]:
    items = json_values(array.flatten(), place.item or NATURAL)
    return _with_nulls(array, _cut(items, _lengths(array)))


def _views(array: Array, place: Place) -> list[Any]:
    inner = place.item or NATURAL
    return [json_values(one.values, inner) if one.is_valid else None for one in array]


def _maps(array: Array, place: Place) -> list[Any]:
    if not len(array):
        return []
    offsets = array.offsets.to_numpy()
    first, count = offsets[0], offsets[-1] - offsets[0]
    names, values = (json_values(one.slice(first, count)) for one in (array.keys, array.items))
    lengths = np.diff(offsets).tolist()
    pairs = zip(_cut(names, lengths), _cut(values, lengths), strict=True)
    return _with_nulls(array, [_object(keys, members) for keys, members in pairs])


def _object(names: list[Any], values: list[Any]) -> Any:
    if not all(isinstance(name, str) for name in names):
        return NoJson("an object whose keys are no strings")
    made = dict(zip(names, values, strict=True))
    return made if len(made) == len(names) else NoJson("an object that names a key twice")


def _lengths(array: Array) -> list[int]:
    lengths: list[int] = pc.fill_null(pc.list_value_length(array), 0).to_pylist()
    return lengths


def _cut(items: list[Any], lengths: list[int]) -> list[list[Any]]:
    ends = np.cumsum(np.asarray(lengths, dtype=np.int64)).tolist()
    return [items[end - length : end] for end, length in zip(ends, lengths, strict=True)]


def _with_nulls(array: Array, values: list[Any]) -> list[Any]:
    if not array.null_count:
        return values
    valid = array.is_valid().to_pylist()
    return [value if there else None for value, there in zip(values, valid, strict=True)]


_PLAIN = (
    is_type.is_boolean,
    is_type.is_integer,
    is_type.is_string,
    is_type.is_large_string,
    is_type.is_string_view,
    is_type.is_null,
)
_READERS: tuple[tuple[tuple[Any, ...], Callable[[Array, Place], list[Any]]], ...] = (
    (_PLAIN, _plain),
    ((is_type.is_floating,), _floats),
    ((is_type.is_decimal,), _decimals),
    ((is_type.is_timestamp, is_type.is_date, is_type.is_time), _instants),
    ((is_type.is_duration,), _durations),
    ((is_type.is_dictionary, is_type.is_run_end_encoded), _decoded),
    ((is_type.is_struct,), _structs),
    ((is_type.is_list, is_type.is_large_list, is_type.is_fixed_size_list), _lists),
    ((is_type.is_list_view, is_type.is_large_list_view), _views),
    ((is_type.is_map,), _maps),
    ((lambda arrow: isinstance(arrow, pa.BaseExtensionType),), _extensions),
)
