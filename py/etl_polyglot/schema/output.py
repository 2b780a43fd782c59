"""Text columns → the types that columnar outputs have."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from etl_polyglot.generated.formats import FORMATS
from etl_polyglot.schema.arrow import Array, nulls, parents_of, pc
from etl_polyglot.schema.arrow_types import TEXT_INTEGERS
from etl_polyglot.schema.columnar.judged import Mask, Suspects, union
from etl_polyglot.schema.columnar.kernels import mask_of, outside
from etl_polyglot.schema.record import Column, RecordSchema

FIRST_DAY, LAST_DAY = -719_162, 2_932_896
"""0001-01-01 and 9999-12-31, in days since 1970: the instants and dates that outputs have."""

_DAY_MICROSECONDS = 86_400_000_000

_DAY = FORMATS["date"].removesuffix("$")
_CLOCK = (
    r"(?:[01][0-9]|2[0-3])(?::[0-5][0-9](?::(?:[0-5][0-9]|60)(?:\.[0-9]+)?)?)?"
    r"(?:[Zz]|[+-](?:[01][0-9]|2[0-3])(?::?[0-5][0-9])?)$"
)
_PLAIN_SCALE = 6
"""Up to this scale Arrow writes no exponent."""

_READABLE = {"date-time": f"{_DAY}[ Tt]{_CLOCK}", "date": f"{_DAY}$", "time": f"^{_CLOCK}"}
"""What `_parse` reads, which of date-times and times is more than RFC 3339 admits."""


def output_batch(
    schema: RecordSchema, batch: pa.RecordBatch
) -> tuple[pa.RecordBatch, dict[str, Mask]]:
    """Convert the columns of a batch to `output_schema`.

    Columns that the batch lacks are null. Returns by column the rows too that hold, at any
    depth, a text that is no date or time of the years 1 to 9999, or no number that its column
    holds exactly; it is null in the batch.
    """
    arrays: list[Array] = []
    failed: dict[str, Mask] = {}
    for column in schema.columns:
        position = batch.schema.get_field_index(column.name)
        if position < 0:
            arrays.append(nulls(batch.num_rows, column.output_type))
            continue
        before: Array = batch.column(position)
        after = _converted(before, column)
        lost = _lost(before, after)
        if lost is not None:
            failed[column.name] = lost
        arrays.append(after)
    result = pa.RecordBatch.from_arrays(arrays, schema=schema.output_schema)
    return result, failed


def _lost(before: Array, after: Array) -> Suspects:
    """Which values became null by their conversion, or hold one that did."""
    if before.type == after.type:
        return None
    if pa.types.is_list(before.type):
        items = _lost(before.flatten(), after.flatten())
        if items is None:
            return None
        lists = np.zeros(len(before), dtype=np.bool_)
        lists[parents_of(before)[items]] = True
        return lists
    if pa.types.is_struct(before.type):
        members: Suspects = None
        for one, other in zip(before.flatten(), after.flatten(), strict=True):
            members = union(members, _lost(one, other))
        return members
    if before.null_count == after.null_count:
        return None
    return mask_of(pc.and_(after.is_null(), before.is_valid()))


def _converted(array: Array, column: Column) -> Array:
    if array.type == column.output_type:
        return array
    match column.kind:
        case "date-time" | "date" | "time" if _is_text(array.type):
            return from_text(array, column)
        case "string" if column.is_number_as_text and _is_text(array.type):
            return numbers_from_text(array, column.output_type)
        case "list" if column.item is not None:
            # From flattened items and lengths: a slice's own values reach beyond it.
            items = _converted(array.flatten(), column.item)
            lengths = pc.fill_null(pc.list_value_length(array), 0).cast(pa.int32())
            offsets: Array = np.concatenate(([0], np.cumsum(lengths.to_numpy()))).astype(np.int32)
            mask = array.is_null() if array.null_count else None
            return pa.ListArray.from_arrays(offsets, items, mask=mask)
        case "struct":
            fields = [
                _converted(values, field)
                for values, field in zip(array.flatten(), column.fields, strict=True)
            ]
            members: Any = column.output_type
            return pa.StructArray.from_arrays(fields, fields=list(members), mask=array.is_null())
    return pc.cast(array, column.output_type)


def _is_text(arrow: pa.DataType) -> bool:
    return pa.types.is_string(arrow) or pa.types.is_large_string(arrow)


def from_text(array: Array, column: Column) -> Array:
    """Read dates and times; null where the text is none, or outside the years 1 to 9999."""
    try:
        values = _parse(array, column)
    except pa.ArrowInvalid:
        readable = pc.match_substring_regex(array, _READABLE[column.kind])
        values = _parse(pc.if_else(readable, array, None), column)
    if column.kind == "time":
        return values
    units = values.cast(pa.int32() if column.kind == "date" else pa.int64())
    per_day = 1 if column.kind == "date" else _DAY_MICROSECONDS
    wrong = outside(units, FIRST_DAY * per_day, (LAST_DAY + 1) * per_day - 1)
    return values if wrong is None else pc.if_else(pa.array(wrong), None, values)


def _parse(array: Array, column: Column) -> Array:
    if column.kind == "date":
        return pc.cast(array, pa.date32())
    if column.kind == "time":  # the time of day in UTC
        text = pc.binary_join_element_wise("1970-01-01T", array, "")
        stamps = pc.cast(_plain(text), pa.timestamp("us", "UTC"))
        return pc.cast(stamps.cast(pa.timestamp("us")), pa.time64("us"))
    try:
        return pc.cast(array, column.output_type)
    except pa.ArrowInvalid:
        return pc.cast(_plain(array), column.output_type)


def _plain(text: Array) -> Array:
    """Write RFC 3339 as Arrow reads it: T and Z in upper case, microseconds (cut, not rounded).

    A leap second is the last microsecond before it, so that it stays in its day.
    """
    text = pc.replace_substring_regex(text, r"(:[0-5][0-9]):60(?:\.[0-9]+)?", r"\1:59.999999")
    return pc.replace_substring_regex(pc.utf8_upper(text), r"(\.[0-9]{6})[0-9]+", r"\1")


def numbers_from_text(array: Array, kind: pa.DataType) -> Array:
    """Read decimals or integers of 64 bits; null where the type does not hold the text exactly."""
    if pa.types.is_decimal(kind):
        return _decimals_from_text(array, kind)
    low, high = TEXT_INTEGERS[str(kind)]
    wide: Any = pa.decimal128(len(str(high)), 0)
    values = _decimals_from_text(array, wide)
    least, most = pa.scalar(Decimal(low), wide), pa.scalar(Decimal(high), wide)
    fits = pc.and_(pc.greater_equal(values, least), pc.less_equal(values, most))
    return pc.cast(pc.if_else(fits, values, None), kind)


def _decimals_from_text(array: Array, decimal: Any) -> Array:
    """Read decimals (`-12.50`); null where the text is none, or has more digits than its type."""
    whole, scale = decimal.precision - decimal.scale, decimal.scale
    integer = f"0*[1-9][0-9]{{0,{whole - 1}}}|0+" if whole else "0+"
    fraction = rf"(?:(\.[0-9]{{1,{scale}}})0*)?" if scale else r"(?:()\.0+)?"
    readable = f"^([+-]?(?:{integer})){fraction}$"
    texts = pc.if_else(pc.match_substring_regex(array, readable), array, None)
    try:
        return pc.cast(texts, decimal)
    except pa.ArrowInvalid:  # zeros at the end count as digits there
        return pc.cast(pc.replace_substring_regex(texts, readable, r"\1\2"), decimal)


def doubles_of_decimals(array: Array) -> Array:
    """Return the doubles nearest to decimals; Arrow's cast makes 24.990000000000002 of 24.99."""
    return pc.cast(pc.cast(array, pa.string()), pa.float64())


def text_of_decimals(array: Array) -> Array:
    """Write decimals with all the digits of their scale, never with an exponent."""
    if 0 <= array.type.scale <= _PLAIN_SCALE:
        return pc.cast(array, pa.string())
    written = [None if value is None else f"{value:f}" for value in array.to_pylist()]
    return pa.array(written, pa.string())
