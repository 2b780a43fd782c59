"""Columns as DuckDB takes them: in types of whose values it finds equal just those that are."""

from typing import Any

import pyarrow as pa
import pyarrow.types as pat

from etl_polyglot.schema.arrow import Array


def comparable(kind: pa.DataType) -> pa.DataType | None:
    """The type to which a column is cast for DuckDB to compare its values.

    Values are equal in it just when they are equal in their own, at any depth of lists and
    structs; they have the same order, where that is no decimal256.

    Returns:
        The type; None for one whose values cannot be compared, such as an interval or a union.
    """
    if isinstance(kind, pa.DictionaryType):
        return comparable(kind.value_type)
    # Instants need DuckDB's time zone extension, and its own times end with microseconds.
    if is_calendar(kind):
        return stored_as(kind)
    if pat.is_duration(kind):
        return pa.int64()
    if pat.is_nested(kind):
        return _comparable_nested(kind)
    if pat.is_decimal(kind):
        return _comparable_decimal(kind)
    if pat.is_string_view(kind):
        return pa.string()
    if pat.is_binary_view(kind):
        return pa.binary()
    if pat.is_float16(kind):
        return pa.float32()
    return kind if _is_plain(kind) else None


def restored(values: Array, kind: Any) -> Array:
    """Give values back the type of their own, which they had before they were comparable."""
    if not _holds_map(kind):
        return values.cast(kind)
    if pat.is_struct(kind):
        members = [restored(values.field(at), one.type) for at, one in enumerate(kind)]
        return pa.StructArray.from_arrays(members, fields=list(kind), mask=values.is_null())
    if not pat.is_map(kind):
        items = restored(values.values, kind.value_type)
        return _with_items(values, pa.list_(kind.value_type), items).cast(kind)
    entries: Any = pa.struct([kind.key_field, kind.item_field])
    return _with_items(values, kind, restored(values.values, entries))


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
    if pat.is_list(kind) or pat.is_large_list(kind) or pat.is_fixed_size_list(kind):
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


def _holds_map(kind: pa.DataType) -> bool:
    if not pat.is_nested(kind) or pat.is_map(kind):
        return pat.is_map(kind)
    return any(_holds_map(kind.field(at).type) for at in range(kind.num_fields))


def _with_items(lists: Array, kind: pa.DataType, items: Array) -> Array:
    make: Any = pa.Array.from_buffers
    return make(kind, len(lists), lists.buffers()[:2], offset=lists.offset, children=[items])


def _is_plain(kind: pa.DataType) -> bool:
    return (
        pat.is_null(kind)
        or pat.is_boolean(kind)
        or pat.is_integer(kind)
        or pat.is_floating(kind)
        or pat.is_string(kind)
        or pat.is_large_string(kind)
        or pat.is_binary(kind)
        or pat.is_large_binary(kind)
        or pat.is_fixed_size_binary(kind)
    )
