"""pyarrow for code that chooses types at run time, which its stubs cannot follow."""

from __future__ import annotations

from typing import Any, TypeAlias

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
