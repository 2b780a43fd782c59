"""Arrow's views, run-ends and fixed-size lists → types that every kernel takes, of same values."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from etl_polyglot.schema.arrow import Array, pc

is_type = pa.types


def without_views(array: Array) -> Array:
    """Return an array whose texts, runs and lists are laid out plainly, as Polars' are not."""
    if is_type.is_run_end_encoded(array.type):
        return without_views(pc.run_end_decode(array))
    if is_type.is_dictionary(array.type):
        if not is_type.is_string_view(array.type.value_type):
            return array
        return pa.DictionaryArray.from_arrays(array.indices, without_views(array.dictionary))
    plain = _plain_type(array.type)
    if plain == array.type:
        return array
    return recast(array, plain) if is_type.is_nested(plain) else array.cast(plain)


def recast(array: Array, arrow: pa.DataType) -> Array:
    """Cast lists, objects or maps, which may be slices or have slices within.

    pyarrow's cast of those loses offsets, and `flatten()` then aborts the process: they are
    copied first.
    """
    return pa.concat_arrays([array]).cast(arrow)


def _plain_type(arrow: pa.DataType) -> pa.DataType:
    if is_type.is_string_view(arrow):
        return pa.large_string()
    if is_type.is_list(arrow) or is_type.is_fixed_size_list(arrow):
        return pa.list_(_plain_field(arrow.value_field))
    if is_type.is_large_list(arrow):
        return pa.large_list(_plain_field(arrow.value_field))
    if is_type.is_struct(arrow):
        return pa.struct([_plain_field(field) for field in arrow])
    return arrow


def _plain_field(field: pa.Field[Any]) -> pa.Field[Any]:
    return field.with_type(_plain_type(field.type))
