"""Typed Arrow columns → the same values in the types that JSON has."""

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.types as pat

from etl_polyglot.engine.nested import lengths_of, list_array, struct_array
from etl_polyglot.schema.arrow import Array, as_type, pc
from etl_polyglot.schema.output import doubles_of_decimals

_DAY_AND_TIME = r"^([0-9]{4}-[0-9]{2}-[0-9]{2}) (.*)$"


def has_json_form(found: pa.DataType) -> bool:
    """Whether every value of a type can be told in JSON; bytes and intervals cannot."""
    if pat.is_nested(found):
        return all(has_json_form(found.field(at).type) for at in range(found.num_fields))
    return not (pat.is_binary(found) or pat.is_fixed_size_binary(found) or pat.is_interval(found))


def in_json_types(array: Array) -> Array:
    """Make an array of booleans, numbers, texts, lists and structs of one that `has_json_form`.

    Instants become RFC 3339 text in UTC, and other types the text that Arrow has for them, which
    of an instant outside the calendar tells the number.
    """
    found = array.type
    if pat.is_map(found):
        entries = pa.list_(pa.struct([("key", found.key_type), ("value", found.item_type)]))
        return in_json_types(as_type(array, entries))
    if pat.is_list(found):
        items = in_json_types(array.flatten())
        return list_array(lengths_of(array), items, pa.list_(items.type), array.is_null())
    if pat.is_struct(found):
        members = [in_json_types(member) for member in array.flatten()]
        kinds = [(field.name, one.type) for field, one in zip(found, members, strict=True)]
        return struct_array(members, pa.struct(kinds), array.is_null())
    if pat.is_decimal(found):
        return doubles_of_decimals(array)
    if pat.is_floating(found):
        return array.cast(pa.float64(), safe=False)
    if pat.is_timestamp(found):
        # Without a zone, for with one Arrow writes nonsense about years beyond 32767.
        plain = array.cast(pa.int64()).cast(pa.timestamp(found.unit)).cast(pa.string())
        return pc.replace_substring_regex(plain, _DAY_AND_TIME, r"\1T\2Z")
    if pat.is_boolean(found) or pat.is_integer(found) or pat.is_null(found):
        return array
    return array.cast(pa.string())


def show_in_json_types(batch: pa.RecordBatch, names: Iterable[str]) -> pa.RecordBatch:
    """Replace some columns of a batch by what errors can show of them."""
    for name in names:
        at = batch.schema.get_field_index(name)
        batch = batch.set_column(at, name, in_json_types(batch.column(at)))
    return batch
