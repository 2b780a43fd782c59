"""Which values of an array equal a JSON value, by kernels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from etl_polyglot.schema.arrow import Array, pc
from etl_polyglot.schema.columnar.judged import Mask
from etl_polyglot.schema.values import json_type


def equals_any(array: Array, values: Sequence[Any]) -> Mask:
    """Return the positions whose value is one of several; nulls are none."""
    if pa.types.is_nested(array.type):
        found = np.zeros(len(array), dtype=np.bool_)
        for value in values:
            found |= equals(array, value)
        return found
    fitting = [value for value in values if _is_of(array.type, value)]
    if pa.types.is_integer(array.type):
        fitting = [int(value) for value in fitting if json_type(value) == "integer"]
        fitting = [value for value in fitting if abs(value) < 2**63]
    if pa.types.is_floating(array.type):
        array = pc.add(array, 0.0)  # -0.0 is 0
        fitting = [float(value) + 0.0 for value in fitting]
    if not fitting:
        return np.zeros(len(array), dtype=np.bool_)
    found_in = pc.is_in(array, value_set=pa.array(fitting, array.type))
    return np.asarray(found_in.to_numpy(zero_copy_only=False), dtype=np.bool_)


def equals(array: Array, value: Any) -> Mask:
    """Return the positions whose value is equal to one JSON value."""
    valid = np.asarray(array.is_valid().to_numpy(zero_copy_only=False), dtype=np.bool_)
    if value is None:
        return ~valid
    if pa.types.is_null(array.type) or not _is_of(array.type, value):
        return np.zeros(len(array), dtype=np.bool_)
    if pa.types.is_struct(array.type):
        return valid & _equals_object(array, value)
    if pa.types.is_nested(array.type):
        return valid & _equals_list(array, value)
    return equals_any(array, [value])


def _equals_object(array: Array, value: dict[str, Any]) -> Mask:
    names = [field.name for field in array.type]
    # A null of a struct is an absent member, so none has the value null.
    if not value.keys() <= set(names) or None in value.values():
        return np.zeros(len(array), dtype=np.bool_)
    found = np.ones(len(array), dtype=np.bool_)
    for name, member in zip(names, array.flatten(), strict=True):
        found &= equals(member, value.get(name))
    return found


def _equals_list(array: Array, value: list[Any]) -> Mask:
    lengths = pc.fill_null(pc.list_value_length(array), -1).to_numpy(zero_copy_only=False)
    found: Mask = lengths == len(value)
    items = array.flatten()
    starts = np.cumsum(np.maximum(lengths, 0)) - np.maximum(lengths, 0)
    for position, member in enumerate(value):
        at = starts[found] + position
        found[found] = equals(items.take(pa.array(at)), member)
    return found


def _is_of(arrow: pa.DataType, value: Any) -> bool:
    """Whether an array of this type can hold a JSON value."""
    match json_type(value):
        case "boolean":
            return pa.types.is_boolean(arrow)
        case "integer" | "number":
            return pa.types.is_integer(arrow) or pa.types.is_floating(arrow)
        case "string":
            return pa.types.is_string(arrow) or pa.types.is_large_string(arrow)
        case "array":
            return pa.types.is_list(arrow) or pa.types.is_large_list(arrow)
        case "object":
            return pa.types.is_struct(arrow)
        case _:
            return False
