"""IR → pyarrow kernels that say which rows of a batch may be wrong.

A check never accepts a wrong row. Where no kernel judges a value exactly, its row is a suspect,
and Pydantic decides on it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from etl_polyglot.generated.formats import FORMATS
from etl_polyglot.schema.canonical import MAX_SAFE_INTEGER
from etl_polyglot.schema.record import Column
from etl_polyglot.schema.regex import portable
from etl_polyglot.schema.values import decimal_places

Mask = npt.NDArray[np.bool_]
Suspects = Mask | None
"""Which positions may be wrong; None: none."""

Kernel = Callable[[pa.Array], Suspects]
"""Judges an array; nulls are never suspects to a kernel."""


class ColumnCheck:
    """The checks of one column; `vectorised` is false where every value goes to Pydantic."""

    def __init__(self, column: Column) -> None:
        self._column = column
        self._kernels = _kernels(column)

    @property
    def vectorised(self) -> bool:
        """Whether kernels alone can accept a value."""
        return self._kernels is not None

    def suspects(self, array: pa.Array) -> Suspects:
        """Return which positions may be wrong; a null is wrong where a value is required."""
        found: Suspects = None
        if array.null_count and self._column.required and not self._column.nullable:
            found = _mask(array.is_null())
        if array.null_count == len(array):
            return found
        if pa.types.is_dictionary(array.type):
            array = array.dictionary_decode()
        if self._kernels is None or not _fits_kind(self._column.kind, array.type):
            return _union(found, _mask(array.is_valid()))
        if _is_typed_time(array.type):
            return found
        for kernel in self._kernels:
            found = _union(found, kernel(array))
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
            return [lambda array: _failed(pc.is_in(array, value_set=values.cast(array.type)))]
        case "boolean":
            return []
        case "integer" | "number":
            return _number_kernels(column.kind, keywords)
    kernels: list[Kernel] = []
    if "minLength" in keywords or "maxLength" in keywords:
        least, most = keywords.get("minLength", 0), keywords.get("maxLength")
        kernels.append(lambda array: _outside(pc.utf8_length(array), least, most))
    if "pattern" in keywords:
        kernels.append(_expression_kernel(portable(keywords["pattern"])))
    if "format" in keywords:
        kernels.append(_expression_kernel(FORMATS[keywords["format"]]))
    return kernels


def _fits_kind(kind: str, arrow: pa.DataType) -> bool:
    types = pa.types
    is_text = types.is_string(arrow) or types.is_large_string(arrow) or types.is_string_view(arrow)
    match kind:
        case "integer":
            return types.is_integer(arrow)
        case "number":
            return types.is_floating(arrow) or types.is_integer(arrow)
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


def _mask(array: pa.BooleanArray) -> Mask:
    return np.asarray(array.to_numpy(zero_copy_only=False), dtype=np.bool_)


def _union(left: Suspects, right: Suspects) -> Suspects:
    if left is None or right is None:
        return left if right is None else right
    return left | right


def _failed(fits: pa.BooleanArray) -> Suspects:
    """Turn «fits», null for a null, into suspects; the common case costs one look."""
    if pc.all(fits, min_count=0).as_py():
        return None
    return ~_mask(pc.fill_null(fits, True))


def _outside(
    array: pa.Array, least: Any, most: Any, *, above: Any = None, below: Any = None
) -> Suspects:
    """Return the positions whose number is not within the bounds, where they are given."""
    span = pc.min_max(array)
    low, high = span["min"].as_py(), span["max"].as_py()
    if low is None:
        return None
    bounds = (
        (least, pc.greater_equal, lambda: low >= least),
        (above, pc.greater, lambda: low > above),
        (most, pc.less_equal, lambda: high <= most),
        (below, pc.less, lambda: high < below),
    )
    found: Suspects = None
    for bound, compare, holds in bounds:
        if bound is not None and not holds():
            # Compared as the bound's own type, so that no bound is rounded to the column's.
            scalar = pa.scalar(bound, pa.float64() if isinstance(bound, float) else None)
            found = _union(found, _failed(compare(array, scalar)))
    return found


def _number_kernels(kind: str, keywords: Any) -> list[Kernel]:
    least, most = keywords.get("minimum"), keywords.get("maximum")
    above, below = keywords.get("exclusiveMinimum"), keywords.get("exclusiveMaximum")
    kernels: list[Kernel] = []
    if kind == "integer":
        least = -MAX_SAFE_INTEGER if least is None else max(least, -MAX_SAFE_INTEGER)
        most = MAX_SAFE_INTEGER if most is None else min(most, MAX_SAFE_INTEGER)
    else:
        kernels.append(_finite)
    if any(bound is not None for bound in (least, most, above, below)):
        kernels.append(lambda array: _outside(array, least, most, above=above, below=below))
    if "multipleOf" in keywords:
        kernels.append(_multiple_kernel(kind, keywords["multipleOf"]))
    return kernels


def _finite(array: pa.Array) -> Suspects:
    return _failed(pc.is_finite(array)) if pa.types.is_floating(array.type) else None


def _multiple_kernel(kind: str, step: int | float) -> Kernel:
    places = decimal_places(step)
    if kind == "integer" and places:
        return lambda array: None

    def kernel(array: pa.Array) -> Suspects:
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


def _expression_kernel(pattern: str) -> Kernel:
    return lambda array: _failed(pc.match_substring_regex(array, pattern))


def _list_kernels(column: Column) -> Sequence[Kernel] | None:
    assert column.item is not None
    keywords = column.node.keywords
    if "enum" in keywords or "const" in keywords:
        return None
    item_check = ColumnCheck(column.item)
    kernels: list[Kernel] = []
    if "minItems" in keywords or "maxItems" in keywords:
        least, most = keywords.get("minItems", 0), keywords.get("maxItems")
        kernels.append(lambda array: _outside(pc.list_value_length(array), least, most))
    if item_check.vectorised:
        kernels.append(lambda array: _item_suspects(array, item_check))
    else:
        kernels.append(lambda array: _failed(pc.equal(pc.list_value_length(array), 0)))
    if keywords.get("uniqueItems"):
        kernels.append(_repeated)
    return kernels


def _item_suspects(array: pa.Array, check: ColumnCheck) -> Suspects:
    items = check.suspects(array.flatten())
    if items is None:
        return None
    found = np.zeros(len(array), dtype=np.bool_)
    found[pc.list_parent_indices(array).to_numpy()[items]] = True
    return found


def _repeated(array: pa.Array) -> Suspects:
    """Return the lists that have an item twice, by sorting (list, item) pairs."""
    lengths = pc.fill_null(pc.list_value_length(array), 0).to_numpy()
    several = lengths > 1
    if not several.any():
        return None
    items = array.flatten()
    if pa.types.is_nested(items.type) or items.null_count:
        return several
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

    def kernel(array: pa.Array) -> Suspects:
        names = [field.name for field in array.type]
        if names != list(checks):
            return _mask(array.is_valid())
        # flatten() carries the struct's own nulls into its fields: judge the others only.
        present = _mask(array.is_valid())
        found: Suspects = None
        for check, values in zip(checks.values(), array.flatten(), strict=True):
            found = _union(found, check.suspects(values))
        return None if found is None else found & present

    return kernel
