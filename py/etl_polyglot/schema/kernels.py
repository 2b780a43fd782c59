"""pyarrow kernels for the keywords of scalar values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from etl_polyglot.schema.arrow import Array, pc
from etl_polyglot.schema.canonical import MAX_SAFE_INTEGER
from etl_polyglot.schema.values import decimal_places

Mask = npt.NDArray[np.bool_]
Suspects = Mask | None
"""Which positions may be wrong; None: none."""

Kernel = Callable[[Array], Suspects]
"""Judges an array; nulls are never suspects to a kernel."""


def mask_of(array: Array) -> Mask:
    """Return a boolean array without nulls as a mask."""
    return np.asarray(array.to_numpy(zero_copy_only=False), dtype=np.bool_)


def union(left: Suspects, right: Suspects) -> Suspects:
    """Return the positions that either doubts."""
    if left is None or right is None:
        return left if right is None else right
    return left | right


def failed(fits: Array) -> Suspects:
    """Turn «fits», null for a null, into suspects; the common case costs one look."""
    if pc.all(fits, min_count=0).as_py():
        return None
    return ~mask_of(pc.fill_null(fits, True))


def outside(
    array: Array, least: Any, most: Any, *, above: Any = None, below: Any = None
) -> Suspects:
    """Return the positions whose number is not within the bounds, where they are given."""
    span = pc.min_max(array)
    low, high = span["min"].as_py(), span["max"].as_py()
    if low is None:
        return None
    found: Suspects = None
    for bound, compare, end in (
        (least, pc.greater_equal, low),
        (above, pc.greater, low),
        (most, pc.less_equal, high),
        (below, pc.less, high),
    ):
        if bound is not None and not compare(pa.scalar(end), pa.scalar(bound)).as_py():
            found = union(found, failed(compare(array, pa.scalar(bound))))
    return found


def number_kernels(kind: str, keywords: Any) -> list[Kernel]:
    """Return the kernels for the keywords of a number; integers end at ±(2^53-1)."""
    least, most = keywords.get("minimum"), keywords.get("maximum")
    above, below = keywords.get("exclusiveMinimum"), keywords.get("exclusiveMaximum")
    kernels: list[Kernel] = []
    if kind == "integer":
        least = -MAX_SAFE_INTEGER if least is None else max(least, -MAX_SAFE_INTEGER)
        most = MAX_SAFE_INTEGER if most is None else min(most, MAX_SAFE_INTEGER)
    else:
        kernels.append(lambda array: failed(pc.is_finite(array)))
    if any(bound is not None for bound in (least, most, above, below)):
        kernels.append(lambda array: outside(array, least, most, above=above, below=below))
    if "multipleOf" in keywords:
        kernels.append(_multiple_kernel(kind, keywords["multipleOf"]))
    return kernels


def _multiple_kernel(kind: str, step: int | float) -> Kernel:
    places = decimal_places(step)
    if kind == "integer" and places:
        return lambda array: None

    def kernel(array: Array) -> Suspects:
        values = np.asarray(pc.fill_null(array, 0).to_numpy(zero_copy_only=False))
        if places is None:
            wrong = np.fmod(values, values.dtype.type(step)) != 0
        else:
            scale = 10.0**places
            with np.errstate(all="ignore"):
                scaled = np.rint(values * scale)
                # n / 10^k is the double nearest to that decimal while n is exact.
                wrong = (scaled / scale != values) | (np.abs(scaled) > 1e15)
        return wrong if wrong.any() else None

    return kernel


def expression_kernel(pattern: str) -> Kernel:
    """Return the kernel for a portable regular expression, searched for anywhere."""
    return lambda array: failed(pc.match_substring_regex(array, pattern))
