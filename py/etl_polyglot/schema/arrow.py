"""pyarrow for code that chooses types at run time, which its stubs cannot follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute

pc: Any = pyarrow.compute
"""The kernels."""

Array: TypeAlias = Any
"""A pyarrow Array of whatever type."""


def text_buffers(texts: Array) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
    """Return where in the bytes of an array of strings each begins and ends, and their bytes.

    The first begins at `borders[0]`, which is the place of the first byte returned.
    """
    _, offsets, data = texts.buffers()
    if offsets is None:
        return np.zeros(1, np.int32), np.empty(0, np.uint8)
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
