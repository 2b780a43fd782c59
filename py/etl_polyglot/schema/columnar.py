"""IR → pyarrow kernels that say which rows of a batch may be wrong.

A check never accepts a wrong row. Where no kernel judges a value exactly, its row is a suspect,
and Pydantic decides on it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from etl_polyglot.generated.formats import FORMATS
from etl_polyglot.schema.arrow import Array, pc
from etl_polyglot.schema.kernels import (
    Kernel,
    Mask,
    Suspects,
    expression_kernel,
    failed,
    mask_of,
    number_kernels,
    outside,
    union,
)
from etl_polyglot.schema.record import Column
from etl_polyglot.schema.regex import portable


class ColumnCheck:
    """The checks of one column; `vectorised` is false where every value goes to Pydantic."""

    def __init__(self, column: Column) -> None:
        self._column = column
        self._kernels = _kernels(column)

    @property
    def vectorised(self) -> bool:
        """Whether kernels alone can accept a value."""
        return self._kernels is not None

    def suspects(self, array: Array) -> Suspects:
        """Return which positions may be wrong; a null is wrong where a value is required."""
        found: Suspects = None
        if array.null_count and self._column.required and not self._column.nullable:
            found = mask_of(array.is_null())
        if array.null_count == len(array):
            return found
        array = _plain(array)
        if self._kernels is None or not _fits_kind(self._column.kind, array.type):
            return union(found, mask_of(array.is_valid()))
        if _is_typed_time(array.type):
            return union(found, _beyond_text(array))
        for kernel in self._kernels:
            found = union(found, kernel(array))
        return found


def _kernels(column: Column) -> Sequence[Kernel] | None:
    keywords = column.node.keywords
    chosen = [keywords["const"]] if "const" in keywords else keywords.get("enum")
    match column.kind:
        case "json":
            return None
        case "list":
            return _list_kernels(column)
        case "struct":
            return [_struct_kernel(column)]
        case _ if chosen is not None:
            values = pa.array([value for value in chosen if value is not None], column.text_type)
            return [lambda array: _not_in(array, values)]
        case "boolean":
            return []
        case "integer" | "number":
            return number_kernels(column.kind, keywords)
    kernels: list[Kernel] = []
    if "minLength" in keywords or "maxLength" in keywords:
        least, most = keywords.get("minLength", 0), keywords.get("maxLength")
        kernels.append(lambda array: outside(pc.utf8_length(array), least, most))
    if "pattern" in keywords:
        kernels.append(expression_kernel(portable(keywords["pattern"])))
    if "format" in keywords:
        kernels.append(expression_kernel(FORMATS[keywords["format"]]))
    return kernels


def _plain(array: Array) -> Array:
    """Widen an array to the type that the kernels take, where no value changes by it."""
    types = pa.types
    if types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if types.is_integer(array.type) and array.type not in (pa.int64(), pa.uint64()):
        return array.cast(pa.int64())
    if types.is_float32(array.type):
        return array.cast(pa.float64())
    return array


def _not_in(array: Array, values: Array) -> Suspects:
    fits = pc.is_in(array, value_set=values.cast(array.type))
    return failed(pc.or_(fits, array.is_null()))


def _fits_kind(kind: str, arrow: pa.DataType) -> bool:
    types = pa.types
    is_text = types.is_string(arrow) or types.is_large_string(arrow)
    match kind:
        case "integer":
            return arrow == pa.int64()
        case "number":
            return arrow == pa.float64()
        case "boolean":
            return types.is_boolean(arrow)
        case "list":
            return types.is_list(arrow) or types.is_large_list(arrow)
        case "struct":
            return types.is_struct(arrow)
        case "date-time":
            return is_text or types.is_timestamp(arrow)
        case "date":
            return is_text or types.is_date(arrow)
        case "time":
            return is_text or types.is_time(arrow)
    return is_text


def _is_typed_time(arrow: pa.DataType) -> bool:
    return pa.types.is_timestamp(arrow) or pa.types.is_date(arrow) or pa.types.is_time(arrow)


def _beyond_text(array: Array) -> Suspects:
    """Dates and instants outside the years 0 to 9999: text has no format for them."""
    if pa.types.is_time(array.type):
        return None
    zone = array.type.tz if pa.types.is_timestamp(array.type) else None
    seconds = array.cast(pa.timestamp("s", zone), safe=False).cast(pa.int64())
    return outside(seconds, -62_167_219_200, 253_402_300_799)


def _list_kernels(column: Column) -> Sequence[Kernel] | None:
    assert column.item is not None
    keywords = column.node.keywords
    if "enum" in keywords or "const" in keywords:
        return None
    item_check = ColumnCheck(column.item)
    kernels: list[Kernel] = []
    if "minItems" in keywords or "maxItems" in keywords:
        least, most = keywords.get("minItems", 0), keywords.get("maxItems")
        kernels.append(lambda array: outside(pc.list_value_length(array), least, most))
    if item_check.vectorised:
        kernels.append(lambda array: _item_suspects(array, item_check))
    else:
        kernels.append(lambda array: failed(pc.equal(pc.list_value_length(array), 0)))
    if keywords.get("uniqueItems"):
        kernels.append(_repeated)
    return kernels


def _item_suspects(array: Array, check: ColumnCheck) -> Suspects:
    items = check.suspects(array.flatten())
    if items is None:
        return None
    found = np.zeros(len(array), dtype=np.bool_)
    found[pc.list_parent_indices(array).to_numpy()[items]] = True
    return found


def _repeated(array: Array) -> Suspects:
    """Return the lists that have an item twice, by sorting (list, item) pairs."""
    lengths = pc.fill_null(pc.list_value_length(array), 0).to_numpy()
    several: Mask = lengths > 1
    if not several.any():
        return None
    items = array.flatten()
    if pa.types.is_nested(items.type) or items.null_count:
        return several
    if pa.types.is_floating(items.type):
        items = pc.add(items, 0.0)  # -0.0 is 0
    parents = pc.list_parent_indices(array).to_numpy()
    codes = items.dictionary_encode().indices.to_numpy().astype(np.int64)
    pairs = parents.astype(np.int64) * (int(codes.max()) + 1) + codes
    pairs = np.sort(pairs[several[parents]])
    twice = pairs[1:][pairs[1:] == pairs[:-1]] // (int(codes.max()) + 1)
    if not len(twice):
        return None
    found = np.zeros(len(array), dtype=np.bool_)
    found[twice] = True
    return found


def _struct_kernel(column: Column) -> Kernel:
    checks = {field.name: ColumnCheck(field) for field in column.fields}

    def kernel(array: Array) -> Suspects:
        names = [field.name for field in array.type]
        if names != list(checks):
            return mask_of(array.is_valid())
        # flatten() carries the struct's own nulls into its fields: judge the others only.
        present = mask_of(array.is_valid())
        found: Suspects = None
        for check, values in zip(checks.values(), array.flatten(), strict=True):
            found = union(found, check.suspects(values))
        return None if found is None else found & present

    return kernel
