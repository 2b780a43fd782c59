"""Putting list and struct arrays together from their parts."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from etl_polyglot.schema.arrow import Array, pc
from etl_polyglot.schema.columnar.judged import Mask

Lengths = npt.NDArray[np.int64]


def lengths_of(lists: Array) -> Lengths:
    """How many items each list has; an absent one has none."""
    lengths: Lengths = pc.fill_null(pc.list_value_length(lists), 0).to_numpy().astype(np.int64)
    return lengths


def list_array(lengths: Lengths, items: Array, kind: pa.DataType, absent: Array) -> Array:
    """Make lists of the given lengths from their items, one after the other.

    Parameters:
        absent: a boolean array: which lists are null.
    """
    offsets = np.zeros(len(lengths) + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    make: Any = pa.ListArray.from_arrays
    return make(pa.array(offsets), items, type=kind, mask=absent)


def struct_array(members: list[Array], kind: pa.DataType, absent: Array) -> Array:
    """Make structs from the arrays of their members."""
    fields: Any = kind
    return pa.StructArray.from_arrays(members, fields=list(fields), mask=absent)


def rows_with(failed_items: Mask, lengths: Lengths) -> Mask:
    """Which lists hold a failed item."""
    rows = np.zeros(len(lengths), bool)
    rows[np.repeat(np.arange(len(lengths)), lengths)[failed_items]] = True
    return rows
