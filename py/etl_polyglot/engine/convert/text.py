"""Text → values: the conversion rules of CSV, a whole column at a time.

Nothing is trimmed and nothing is guessed. An integer is an optional sign and digits, or any
number whose value is integral; a number is a decimal with an optional exponent, never NaN,
infinite, hexadecimal or grouped; a boolean is true or false in lower, upper or title case, or
1 or 0; an array is JSON text that begins with `[`, or scalars separated by `|`; an object is
JSON text. A union takes the first of boolean, integer, number, array, object, string that fits.
"""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from etl_polyglot.engine.convert.json_text import parse_json
from etl_polyglot.engine.convert.values import column_from_values
from etl_polyglot.engine.nested import lengths_of, list_array, rows_with
from etl_polyglot.engine.stop import checkpoint
from etl_polyglot.schema.arrow import Array, pc
from etl_polyglot.schema.canonical import MAX_SAFE_INTEGER
from etl_polyglot.schema.columnar.judged import Mask, union
from etl_polyglot.schema.ir import Node
from etl_polyglot.schema.record import Column
from etl_polyglot.schema.shape import value_types

LIST_SEPARATOR = "|"

_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
_WHOLE = r"^(?:\+|(-)?)0*([0-9]+)(?:\.0*)?$"
_TRUE = ["true", "True", "TRUE", "1"]
_FALSE = ["false", "False", "FALSE", "0"]
_BOOLEANS = pa.array(_TRUE + _FALSE)
_SCALARS = {"integer", "number", "boolean", "string", "date-time", "date", "time"}

Converted = tuple[Array, Mask | None]
"""A column of the target type, and which of its rows could not be converted (None: no row)."""


def column_from_text(column: Column, text: Array) -> Converted:
    """Convert one column of text to its schema's type.

    Parameters:
        column: what the values are to become.
        text: the fields as they stand in the source, null where absent.

    Returns:
        An array of `column.text_type`, null where a row is absent or cannot be converted, and
        the mask of the rows that cannot.
    """
    match column.kind:
        case "integer":
            return _integers(text)
        case "number":
            return _numbers(text)
        case "boolean":
            return _booleans(text)
        case "list":
            return _lists(column, text)
        case "struct":
            return _json_texts(column, text)
        case "json":
            return _unions(column, text)
        case _:
            return text, None


def _integers(text: Array) -> Converted:
    # Digits and signs only: then Arrow's cast, which also takes hexadecimal, is exact.
    if _greatest_byte(text) <= ord("9"):
        try:
            return _in_range(text.cast(pa.int64()), text)
        except pa.ArrowInvalid:
            pass
    whole = pc.match_substring_regex(text, _WHOLE)
    digits = pc.replace_substring_regex(pc.if_else(whole, text, None), _WHOLE, r"\1\2")
    short = pc.less_equal(pc.binary_length(digits), 17)
    values = pc.if_else(short, digits, None).cast(pa.int64())
    others = pc.and_(pc.match_substring_regex(text, _NUMBER), pc.invert(whole))
    if pc.any(others).as_py():
        found = [_integral(item) for item in text.filter(others).to_pylist()]
        values = pc.replace_with_mask(values, others, pa.array(found, pa.int64()))
    return _in_range(values, text)


def _in_range(values: Array, text: Array) -> Converted:
    limits = pc.min_max(values)
    low, high = limits["min"].as_py(), limits["max"].as_py()
    if low is not None and (low < -MAX_SAFE_INTEGER or high > MAX_SAFE_INTEGER):
        fits = pc.and_(
            pc.less_equal(values, MAX_SAFE_INTEGER), pc.greater_equal(values, -MAX_SAFE_INTEGER)
        )
        values = pc.if_else(fits, values, None)
    return values, _failed(values, text)


def _integral(text: str) -> int | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if not number:
        return 0
    # Before the digits are written out: 1e999999999 would fill the memory.
    if not 0 <= number.adjusted() <= 16 or number != number.to_integral_value():
        return None
    return int(number)


def _numbers(text: Array) -> Converted:
    try:
        values = text.cast(pa.float64())
    except pa.ArrowInvalid:
        sound = pc.match_substring_regex(text, _NUMBER)
        values = pc.if_else(sound, text, None).cast(pa.float64())
    finite = pc.is_finite(values)
    if not pc.all(finite).as_py():  # Arrow takes nan and inf, and rounds 1e400 up to it
        values = pc.if_else(finite, values, None)
    return values, _failed(values, text)


def _booleans(text: Array) -> Converted:
    found = pc.index_in(text, value_set=_BOOLEANS)
    values = pc.less(found, len(_TRUE))
    return values, _failed(values, text)


def _lists(column: Column, text: Array) -> Converted:
    item = column.item
    is_json = pc.starts_with(text, "[")
    if item is None or item.kind not in _SCALARS:
        return _json_texts(column, text)
    plain = pc.if_else(pc.or_(is_json, pc.equal(text, "")), None, text)
    pieces = pc.split_pattern(plain, LIST_SEPARATOR)
    items, failed_items = column_from_text(item, pieces.flatten())
    empty = pc.fill_null(pc.equal(text, ""), False)
    lengths = lengths_of(pieces)
    absent = pc.and_(pieces.is_null(), pc.invert(empty))
    lists = list_array(lengths, items, column.text_type, absent)
    failed = None if failed_items is None else rows_with(failed_items, lengths)
    if not pc.any(is_json).as_py():
        return lists, failed
    parsed, failed_json = _json_texts(column, pc.if_else(is_json, text, None))
    order = np.arange(len(text)) + np.where(_as_mask(is_json), len(text), 0)
    merged = pa.concat_arrays([lists, parsed]).take(pa.array(order))
    return merged, union(failed, failed_json)


def _json_texts(column: Column, text: Array) -> Converted:
    failed = np.zeros(len(text), bool)
    values: list[Any] = []
    for row, item in enumerate(text.to_pylist()):
        try:
            value = None if item is None else parse_json(item)
        except orjson.JSONDecodeError:
            value, failed[row] = None, True
        failed[row] |= value is None and item is not None
        values.append(value)
    array, misfits = column_from_values(column, values)
    return array, union(failed if failed.any() else None, misfits)


def _unions(column: Column, text: Array) -> Converted:
    encoded = text.dictionary_encode()
    members = _union_members(admitted_types(column.node), encoded.dictionary)
    values = members.take(encoded.indices)
    return values, _failed(values, text)


def _union_members(admitted: set[str] | None, texts: Array) -> Array:
    """The JSON text of the first member of a union that takes each text."""
    left = dict(enumerate(texts.to_pylist()))
    found: list[str | None] = [None] * len(texts)
    for kind, convert in _MEMBERS:
        checkpoint()
        if admitted is None or kind in admitted:
            at = list(left)
            taken = convert([left[i] for i in at])
            for i, value in zip(at, taken, strict=True):
                if value is not None:
                    found[i] = value
                    del left[i]
    return pa.array(found, pa.string())


def _scalars(convert: Callable[[Array], Converted], texts: list[str]) -> list[str | None]:
    values = convert(pa.array(texts, pa.string()))[0].to_pylist()
    return [None if value is None else orjson.dumps(value).decode() for value in values]


def _containers(opening: str, texts: list[str]) -> list[str | None]:
    return [_container(text) if text.startswith(opening) else None for text in texts]


def _container(text: str) -> str | None:
    try:
        return orjson.dumps(parse_json(text)).decode()
    except orjson.JSONDecodeError:
        return None


def _strings(texts: list[str]) -> list[str | None]:
    return [orjson.dumps(text).decode() for text in texts]


_MEMBERS: tuple[tuple[str, Callable[[list[str]], list[str | None]]], ...] = (
    ("boolean", partial(_scalars, _booleans)),
    ("integer", partial(_scalars, _integers)),
    ("number", partial(_scalars, _numbers)),
    ("array", partial(_containers, "[")),
    ("object", partial(_containers, "{")),
    ("string", _strings),
)
"""The members of unions in the order in which a text is tried on them."""


def admitted_types(node: Node) -> set[str] | None:
    """The JSON types that a schema admits, or None where it does not say."""
    return set(value_types(node)) or None


def _greatest_byte(text: Array) -> int:
    data = text.buffers()[2]
    if data is None or data.size == 0:
        return 0
    first, last = text.offset, text.offset + len(text)
    offsets = np.frombuffer(text.buffers()[1], np.int32)
    used = np.frombuffer(data, np.uint8)[offsets[first] : offsets[last]]
    return int(used.max(initial=0))


def _failed(values: Array, text: Array) -> Mask | None:
    if values.null_count == text.null_count:
        return None
    return _as_mask(pc.and_(values.is_null(), text.is_valid()))


def _as_mask(values: Array) -> Mask:
    mask: Mask = pc.fill_null(values, False).to_numpy(zero_copy_only=False)
    return mask
