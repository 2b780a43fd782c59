"""Columns of Python objects → Arrow arrays, where one type holds all values as they are."""

from __future__ import annotations

from datetime import date
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa

from etl_polyglot.schema.arrow import Array
from etl_polyglot.schema.columnar.judged import Mask

_TYPES: dict[type, pa.DataType] = {
    str: pa.large_string(),
    bool: pa.bool_(),
    int: pa.int64(),
    float: pa.float64(),
    date: pa.date32(),
}


def exact_array(objects: Any, missing: Mask) -> Array | None:
    """Return an object array's values as an Arrow array; None where that would change one.

    Arrow's own inference would read 1.5 among integers as 1 and bytes among texts as text, so
    only values that are all of one Python type are converted, and lists of such values.
    """
    if missing.any():
        objects = np.where(missing, None, objects)
    values = objects.tolist()
    kinds = set(map(type, values)) - {type(None)}
    try:
        if kinds and kinds <= {list, np.ndarray}:
            return _lists(values, np.ndarray in kinds)
        arrow = _common_type(kinds)
        return None if arrow is None else pa.array(values, arrow)
    except (pa.ArrowException, OverflowError, UnicodeEncodeError):
        return None


def _common_type(kinds: set[type]) -> pa.DataType | None:
    if not kinds:
        return pa.null()
    if kinds == {int, float}:  # Arrow refuses an integer that is no double
        return pa.float64()
    (first, *others) = kinds
    return None if others else _TYPES.get(first)


def _lists(values: list[Any], has_arrays: bool) -> Array | None:
    if has_arrays:
        values = [value.tolist() if _is_flat(value) else value for value in values]
        if any(isinstance(value, np.ndarray) for value in values):
            return None
    items = chain.from_iterable(filter(None, values))
    item = _common_type(set(map(type, items)) - {type(None)})
    return None if item is None else pa.array(values, pa.list_(item))


def _is_flat(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.ndim == 1 and value.dtype.kind in "biufUO"
