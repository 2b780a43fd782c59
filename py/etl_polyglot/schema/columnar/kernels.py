"""pyarrow kernels for the keywords of scalar values; each says exactly which are wrong."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from etl_polyglot.generated.formats import FORMAT_DOUBTS, FORMATS
from etl_polyglot.schema.arrow import Array, pc
from etl_polyglot.schema.canonical import MAX_SAFE_INTEGER
from etl_polyglot.schema.columnar.judged import (
    FITS,
    Judged,
    Mask,
    Suspects,
    all_unsure,
    both,
    some,
    union,
)
from etl_polyglot.schema.columnar.usual_forms import surely
from etl_polyglot.schema.formats import has_format
from etl_polyglot.schema.regex.portable import portable
from etl_polyglot.schema.values import as_decimal, decimal_places

_LARGEST_CODE_POINT = 4
"""In bytes of UTF-8."""
_FEW = 2048
"""Up to so many texts are judged one by one in the time that a kernel takes to begin."""


def mask_of(array: Array) -> Mask:
    """Return a boolean array without nulls as a mask."""
    return np.asarray(array.to_numpy(zero_copy_only=False), dtype=np.bool_)


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
        if bound is not None and not _compared(compare, end, bound):
            found = union(found, failed(compare(array, pa.scalar(bound))))
    return found


def _compared(compare: Any, left: Any, right: Any) -> bool:
    if type(left) is type(right) is int:  # which needs none of a kernel's preparations
        return bool(_OF_INTEGERS[compare](left, right))
    return bool(compare(pa.scalar(left), pa.scalar(right)).as_py())


_OF_INTEGERS: Mapping[Any, Callable[[int, int], bool]] = {
    pc.greater_equal: operator.ge,
    pc.greater: operator.gt,
    pc.less_equal: operator.le,
    pc.less: operator.lt,
}


def number_judged(array: Array, types: tuple[str, ...], keywords: Mapping[str, Any]) -> Judged:
    """Judge numbers by their type and keywords; the array is of int64 or float64."""
    whole = bool(types) and "number" not in types
    if not pa.types.is_integer(array.type):
        return both(_float_judged(array, whole, bool(types)), _value_judged(array, keywords))
    beyond = outside(array, -MAX_SAFE_INTEGER, MAX_SAFE_INTEGER)
    if beyond is None:
        return _value_judged(array, keywords)
    # Beyond the exact range a number is what its double is: rows know how.
    by_value = _value_judged(pc.if_else(pa.array(beyond), None, array), keywords)
    return both(Judged(beyond) if whole else Judged(None, beyond), by_value)


def _value_judged(array: Array, keywords: Mapping[str, Any]) -> Judged:
    found = FITS
    least, most = keywords.get("minimum"), keywords.get("maximum")
    above, below = keywords.get("exclusiveMinimum"), keywords.get("exclusiveMaximum")
    if any(bound is not None for bound in (least, most, above, below)):
        found = Judged(outside(array, least, most, above=above, below=below))
    if "multipleOf" in keywords:
        found = both(found, _multiple_judged(array, keywords["multipleOf"]))
    return found


def _float_judged(array: Array, whole: bool, is_typed: bool) -> Judged:
    strange = failed(pc.is_finite(array))
    found = Judged(strange) if is_typed else Judged(None, strange)
    if not whole:
        return found
    fraction = failed(pc.equal(pc.floor(array), array))
    return both(found, Judged(union(fraction, outside(array, -MAX_SAFE_INTEGER, MAX_SAFE_INTEGER))))


def _multiple_judged(array: Array, step: int | float) -> Judged:
    values = np.asarray(pc.fill_null(array, 0).to_numpy(zero_copy_only=False))
    if isinstance(step, float) and step.is_integer():
        step = int(step)
    if pa.types.is_integer(array.type):
        if decimal_places(step):
            return FITS
        if isinstance(step, int):
            return Judged(some(np.fmod(values, step) != 0) if step < 2**63 else some(values != 0))
        values = values.astype(np.float64)
    digits, exponent = as_decimal(step) or (0, 0)
    places, counted = max(0, -exponent), digits * 10 ** max(0, exponent)
    scale = 10.0**places
    if places > 12 or not 0 < counted < 2**53:
        return all_unsure(len(array))
    with np.errstate(all="ignore"):
        scaled = np.rint(values * scale)
        # n / 10^k is the double nearest to that decimal while n is exact; a value that is not
        # has more decimals than the step.
        small = np.abs(scaled) <= 1e15
        exact = scaled / scale == values
        wrong = small & (~exact | (np.fmod(scaled, counted) != 0))
    return Judged(some(wrong), some(~small))


def text_judged(array: Array, keywords: Mapping[str, Any]) -> Judged:
    """Judge strings by their keywords."""
    found = FITS
    if "minLength" in keywords or "maxLength" in keywords:
        least, most = keywords.get("minLength", 0), keywords.get("maxLength")
        found = both(found, Judged(_length_judged(array, least, most)))
    if "pattern" in keywords:
        found = both(found, expression_judged(array, portable(keywords["pattern"])))
    if "format" in keywords:
        found = both(found, _format_judged(array, keywords["format"]))
    return found


def _length_judged(array: Array, least: int, most: int | None) -> Suspects:
    """Judge by the number of code points, which are counted only where the bytes leave doubt."""
    span = pc.min_max(pc.binary_length(array))
    fewest, largest = span["min"].as_py(), span["max"].as_py()
    if fewest is None or (
        fewest > _LARGEST_CODE_POINT * (least - 1) and (most is None or largest <= most)
    ):
        return None
    return outside(pc.utf8_length(array), least, most)


def _format_judged(array: Array, name: str) -> Judged:
    sure = surely(array, name)
    if sure is None or not sure.any():
        return _format_judged_by_expression(array, name)
    if array.null_count:
        sure |= mask_of(array.is_null())
    if sure.all():
        return FITS
    rest = _format_judged_by_expression(array.filter(pa.array(~sure)), name)
    return Judged(_spread(rest.wrong, ~sure), _spread(rest.unsure, ~sure))


def _spread(found: Suspects, among: Mask) -> Suspects:
    """Return the positions of what was found among some of them."""
    if found is None:
        return None
    spread = among.copy()
    spread[among] = found
    return spread


def _format_judged_by_expression(array: Array, name: str) -> Judged:
    if len(array) <= _FEW:
        fits = [text is None or has_format(text, name) for text in array.to_pylist()]
        return Judged(some(~np.array(fits, np.bool_)))
    found = expression_judged(array, FORMATS[name])
    if name not in FORMAT_DOUBTS:
        return found
    doubts = pc.fill_null(_matched(array, FORMAT_DOUBTS[name]), False)
    return both(found, Judged(None, some(mask_of(doubts))))


def expression_judged(array: Array, pattern: str) -> Judged:
    """Judge strings by a portable regular expression, searched for anywhere."""
    try:
        return Judged(failed(_matched(array, pattern)))
    except pa.ArrowInvalid:  # larger than RE2 lets an automaton be
        return all_unsure(len(array))


def _matched(array: Array, pattern: str) -> Array:
    if re.escape(pattern) == pattern:  # a text, which is found faster than an expression
        return pc.match_substring(array, pattern)
    return pc.match_substring_regex(array, pattern)
