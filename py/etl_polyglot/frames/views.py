"""Arrow's views, run-ends and fixed-size lists → types that every kernel takes, of same values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from etl_polyglot.schema.arrow import Array, pc

is_type = pa.types


def without_views(array: Array) -> Array:
    """Return an array whose texts, runs and lists are laid out plainly, as Polars' are not."""
    if is_type.is_run_end_encoded(array.type):
        return without_views(pc.run_end_decode(array))
    if _is_plain(array.type):
        return array
    if is_type.is_dictionary(array.type):
        return pa.DictionaryArray.from_arrays(array.indices, without_views(array.dictionary))
    # Not by a cast to the type with plain parts: pyarrow's gives nulls within another length.
    if is_type.is_struct(array.type):
        return _struct(array)
    if is_type.is_string_view(array.type):
        return array.cast(pa.large_string())
    return _list(array)


def _is_plain(arrow: Any) -> bool:
    if is_type.is_list(arrow) or is_type.is_large_list(arrow):
        return _is_plain(arrow.value_type)
    if is_type.is_struct(arrow):
        return all(_is_plain(field.type) for field in arrow)
    if is_type.is_dictionary(arrow):
        return not is_type.is_string_view(arrow.value_type)
    return not is_type.is_string_view(arrow) and not is_type.is_fixed_size_list(arrow)


def _struct(array: Array) -> Array:
    members = [without_views(member) for member in array.flatten()]
    fields = [
        field.with_type(member.type) for field, member in zip(array.type, members, strict=True)
    ]
    return pa.StructArray.from_arrays(members, fields=fields, mask=array.is_null())


def _list(array: Array) -> Array:
    items = without_views(array.flatten())
    lengths = pc.fill_null(pc.list_value_length(array), 0).to_numpy(zero_copy_only=False)
    offsets: Array = pa.array(np.concatenate(([0], np.cumsum(lengths, dtype=np.int64))))
    mask = array.is_null() if array.null_count else None
    return pa.LargeListArray.from_arrays(offsets, items, mask=mask)
