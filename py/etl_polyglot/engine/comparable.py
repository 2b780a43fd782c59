"""Columns as DuckDB takes them: in types of whose values it finds equal just those that are."""

from typing import Any

import pyarrow as pa
import pyarrow.types as pat


def comparable(kind: pa.DataType) -> pa.DataType | None:
    """The type to which a column is cast for DuckDB to compare its values.

    Values are equal in it just when they are equal in their own, at any depth of lists and
    structs; they have the same order, where that is no decimal256.

    Parameters:
        kind: the type of a column as sources hand it on: a plain one.

    Returns:
        The type; None for one whose values cannot be compared, such as an interval or a union.
    """
    # Instants need DuckDB's time zone extension, and its own times end with microseconds.
    if is_calendar(kind):
        return stored_as(kind)
    if pat.is_duration(kind):
        return pa.int64()
    if pat.is_nested(kind):
        return _comparable_nested(kind)
    if pat.is_decimal(kind):
        return _comparable_decimal(kind)
    if pat.is_float16(kind):
        return pa.float32()
    return kind if _is_plain(kind) else None


def is_calendar(kind: pa.DataType) -> bool:
    """Whether a type is of dates, times or instants."""
    return pat.is_date(kind) or pat.is_time(kind) or pat.is_timestamp(kind)


def stored_as(kind: pa.DataType) -> pa.DataType:
    """The type of the numbers that stand for dates, times or instants."""
    return pa.int32() if pat.is_date32(kind) or pat.is_time32(kind) else pa.int64()


def _comparable_nested(kind: Any) -> pa.DataType | None:
    if pat.is_struct(kind):
        members = [(member, comparable(member.type)) for member in kind]
        fields = [member.with_type(to) for member, to in members if to is not None]
        return pa.struct(fields) if len(fields) == len(members) else None
    if pat.is_map(kind):
        # DuckDB refuses maps with a key that stands there twice.
        return comparable(pa.list_(pa.struct([("key", kind.key_type), ("value", kind.item_type)])))
    if pat.is_list(kind):
        item = comparable(kind.value_type)
        return None if item is None else pa.list_(kind.value_field.with_type(item))
    return None


def _comparable_decimal(kind: Any) -> pa.DataType | None:
    if pat.is_decimal256(kind):
        return pa.string()
    found: pa.DataType = kind
    if kind.scale >= 0:
        return found
    digits = kind.precision - kind.scale
    return pa.decimal128(digits, 0) if digits <= pa.decimal128(38).precision else None


def _is_plain(kind: pa.DataType) -> bool:
    return (
        pat.is_null(kind)
        or pat.is_boolean(kind)
        or pat.is_integer(kind)
        or pat.is_floating(kind)
        or pat.is_string(kind)
        or pat.is_binary(kind)
        or pat.is_fixed_size_binary(kind)
    )
