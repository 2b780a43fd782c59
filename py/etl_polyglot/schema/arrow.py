"""pyarrow for code that chooses types at run time, which its stubs cannot follow."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute

pc: Any = pyarrow.compute
"""The kernels."""

Array: TypeAlias = Any
"""A pyarrow Array of whatever type."""


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
