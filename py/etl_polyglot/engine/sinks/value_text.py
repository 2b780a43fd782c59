"""Arrow scalars → the text that they have in CSV and, between quotes or bare, in JSON."""

import base64

import pyarrow as pa
import pyarrow.types as pat

from etl_polyglot.schema.arrow import Array, pc
from etl_polyglot.schema.output import text_of_decimals
from etl_polyglot.schema.record import Column


def value_texts(array: Array, column: Column | None) -> Array:
    """Write the values of a column of scalars as the schema has them; nulls stay null.

    Numbers are the shortest text that reads as the same double, decimals have all digits of
    their scale, instants are in UTC and RFC 3339, bytes are Base64. What is no finite number
    is null, as it is in every JSON of ours.

    Parameters:
        array: the values.
        column: the schema's column, where they are of one.

    Raises:
        ArrowException: values of this type have no text.
    """
    found = array.type
    if pat.is_floating(found):
        return _doubles(array.cast(pa.float64()))
    if pat.is_decimal(found):
        return text_of_decimals(array)
    if pat.is_timestamp(found):
        return _instants(array, "" if found.tz is None else "Z")
    if pat.is_date(found):
        return array.cast(pa.date32()).cast(pa.string())
    if pat.is_time(found):
        return _clock(array, "Z" if column is not None and column.kind == "time" else "")
    if pat.is_binary(found) or pat.is_fixed_size_binary(found):
        texts = [None if v is None else base64.b64encode(v).decode() for v in array.to_pylist()]
        return pa.array(texts, pa.string())
    return array.cast(pa.string())


def _doubles(array: Array) -> Array:
    array = pc.if_else(pc.is_finite(array), array, None)
    texts = array.cast(pa.string())
    # So that a number shows that it may have decimals, and -0 its sign.
    whole = pc.match_substring_regex(texts, "^-?[0-9]+$")
    if not pc.any(whole).as_py():
        return texts
    return pc.if_else(whole, pc.binary_join_element_wise(texts, "0", "."), texts)


def _instants(array: Array, zone: str) -> Array:
    unit = array.type.unit
    plain = array.cast(pa.int64()).cast(pa.timestamp(unit))
    days = plain.cast(pa.date32(), safe=False).cast(pa.string())
    times = plain.cast(pa.time64(unit) if unit in ("us", "ns") else pa.time32(unit))
    return pc.binary_join_element_wise(days, _clock(times, zone), "T")


def _clock(times: Array, zone: str) -> Array:
    texts = times.cast(pa.string())
    if times.type.unit != "s":
        texts = pc.ascii_rtrim(pc.ascii_rtrim(texts, characters="0"), characters=".")
    return pc.binary_join_element_wise(texts, zone, "") if zone else texts
