"""pyarrow for code that chooses types at run time, which its stubs cannot follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute
import pyarrow.types as pat

pc: Any = pyarrow.compute
"""The kernels."""

Array: TypeAlias = Any
"""A pyarrow Array of whatever type."""


def text_buffers(texts: Array) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
    """Return where in the bytes of an array of strings each begins and ends, and their bytes.

    The first begins at `borders[0]`, which is the place of the first byte returned.
    """
    if len(texts) == 0:  # whose buffers may be empty, or none
        return np.zeros(1, np.int32), np.empty(0, np.uint8)
    _, offsets, data = texts.buffers()
    borders = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return borders, np.frombuffer(data or b"", np.uint8)[borders[0] : borders[-1]]


def concat_batches(batches: Sequence[pa.RecordBatch]) -> pa.RecordBatch:
    """Put one batch or more together; a single one is not copied."""
    concat: Any = pa.concat_batches  # type: ignore[attr-defined]  # missing in the stubs
    joined: pa.RecordBatch = batches[0] if len(batches) == 1 else concat(batches)
    return joined


def nulls(count: int, kind: pa.DataType) -> Array:
    """Return an array of nulls of a type."""
    make: Any = pa.nulls
    return make(count, kind)


def parents_of(array: Array) -> Any:
    """Return the position of the list of each item of `flatten()`.

    Which are not those of `list_parent_indices`: it counts what lies under null lists too.
    """
    lengths = pc.fill_null(pc.list_value_length(array), 0)
    return np.repeat(np.arange(len(array)), lengths.to_numpy(zero_copy_only=False))


def as_type(array: Array, kind: Any) -> Array:
    """Cast an array; maps also to and from lists of structs of their keys and values.

    What has its type already is not touched: of lists of nulls pyarrow's own cast makes lists
    that are not valid.

    Raises:
        ArrowException: a value has no form in the type.
    """
    found = array.type
    if found.equals(kind):
        return array
    if len(array) == 0:
        return nulls(0, kind)
    if pat.is_struct(found) and pat.is_struct(kind):
        members = [as_type(array.field(at), one.type) for at, one in enumerate(kind)]
        return pa.StructArray.from_arrays(members, fields=list(kind), mask=array.is_null())
    if _is_list(found) and _is_list(kind):
        offsets = array.offsets.to_numpy()
        first, absent = offsets[0], array.is_null()
        items = as_type(array.values.slice(first, offsets[-1] - first), _item_type(kind))
        return _lists(pa.array(offsets - first), items, kind, absent)
    return array.cast(kind)


def _is_list(kind: pa.DataType) -> bool:
    return pat.is_list(kind) or pat.is_map(kind)


def _item_type(kind: Any) -> Any:
    return pa.struct([kind.key_field, kind.item_field]) if pat.is_map(kind) else kind.value_type


def _lists(offsets: Array, items: Array, kind: pa.DataType, absent: Array) -> Array:
    of_lists: Any = pa.ListArray.from_arrays
    of_maps: Any = pa.MapArray.from_arrays
    if pat.is_map(kind):
        return of_maps(offsets, items.field(0), items.field(1), type=kind, mask=absent)
    return of_lists(offsets, items, type=kind, mask=absent)
