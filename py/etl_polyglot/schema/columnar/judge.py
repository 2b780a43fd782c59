"""IR and Arrow arrays → what kernels say of each value.

Kernels say that a value fits or is wrong only where they know it exactly; what they cannot say
is unsure, and rows decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa

from etl_polyglot.schema.arrow import Array, pc
from etl_polyglot.schema.canonical import MAX_SAFE_INTEGER
from etl_polyglot.schema.columnar.equality import equals_any
from etl_polyglot.schema.columnar.judged import (
    FITS,
    Judged,
    Suspects,
    all_unsure,
    all_wrong,
    any_fits,
    both,
    branched,
    negated,
    one_fits,
    some,
)
from etl_polyglot.schema.columnar.kernels import mask_of, number_judged, outside, text_judged
from etl_polyglot.schema.columnar.lists import list_judged
from etl_polyglot.schema.columnar.place import NATURAL, Place
from etl_polyglot.schema.explain import fits
from etl_polyglot.schema.ir import Node
from etl_polyglot.schema.output import doubles_of_decimals, text_of_decimals
from etl_polyglot.schema.shape import admits_null
from etl_polyglot.schema.text import matches

_TIMES: dict[str, Any] = {
    "date-time": pa.types.is_timestamp,
    "date": pa.types.is_date,
    "time": pa.types.is_time,
}
_KNOWN_TYPES = 1_000


def judge(node: Node, array: Array, place: Place = NATURAL) -> Judged:
    """Judge the values of an array by a schema; what is said of its nulls means nothing."""
    count = len(array)
    if node.never:
        return all_wrong(count)
    if place.is_text and pa.types.is_decimal(array.type):
        array = text_of_decimals(array)
    elif place.is_digits and pa.types.is_integer(array.type):
        array = pc.cast(array, pa.string())
    else:
        array = plain(array)
    kind = _kind(array.type)
    if kind == "null" or array.null_count == count:
        return FITS
    if kind is None or (place.is_json and kind == "string"):
        return all_unsure(count)
    found = _judged_by_type(node, array, kind, place)
    for one in node.all_of:
        found = both(found, judge(one, array, place))
    if node.reference is not None:
        found = both(found, judge(node.reference.node, array, place))
    if node.variants:
        found = both(found, any_fits([judge(one, array, place) for one in node.variants], count))
    if node.one_of:
        found = both(found, one_fits([judge(one, array, place) for one in node.one_of], count))
    if node.negated is not None:
        found = both(found, negated(judge(node.negated, array, place), count))
    if (condition := node.condition) is not None:
        test, then, otherwise = (
            FITS if one is None else judge(one, array, place)
            for one in (condition.test, condition.then, condition.otherwise)
        )
        found = both(found, branched(test, then, otherwise, count))
    return found


def judge_with_nulls(node: Node, array: Array, place: Place = NATURAL) -> Judged:
    """Judge the values of an array whose nulls stand for null."""
    found = judge(node, array, place)
    if not array.null_count:
        return found
    found = found.where(mask_of(array.is_valid()))
    return found if admits_null(node) else both(found, Judged(mask_of(array.is_null())))


def plain(array: Array) -> Array:
    """Widen an array to the type that the kernels take, where no value changes by it."""
    types = pa.types
    if _is_plain(array.type):
        return array
    if types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if types.is_integer(array.type) and array.type != pa.int64():
        try:
            return array.cast(pa.int64())
        except pa.ArrowInvalid:  # beyond int64, and so beyond what is exact
            return array
    if types.is_decimal(array.type):
        return doubles_of_decimals(array)
    if types.is_floating(array.type) and array.type != pa.float64():
        return array.cast(pa.float64())
    if types.is_fixed_size_list(array.type):
        return array.cast(pa.list_(array.type.value_field))
    return array.cast(pa.large_string()) if types.is_string_view(array.type) else array


@lru_cache(maxsize=_KNOWN_TYPES)
def _is_plain(arrow: pa.DataType) -> bool:
    types = pa.types
    usual = types.is_string(arrow) or types.is_boolean(arrow)
    return usual or arrow in (pa.int64(), pa.float64())


@lru_cache(maxsize=_KNOWN_TYPES)
def _is_time(arrow: pa.DataType) -> bool:
    return any(test(arrow) for test in _TIMES.values())


@lru_cache(maxsize=_KNOWN_TYPES)
def _kind(arrow: pa.DataType) -> str | None:
    """Return the JSON type of an array's values; None where no kernel knows them."""
    types = pa.types
    if arrow in (pa.int64(), pa.float64()):
        return "number"
    kinds: dict[str, tuple[Any, ...]] = {
        "null": (types.is_null,),
        "boolean": (types.is_boolean,),
        "string": (types.is_string, types.is_large_string, _is_time),
        "array": (types.is_list, types.is_large_list),
        "object": (types.is_struct,),
    }
    for kind, tests in kinds.items():
        if any(test(arrow) for test in tests):
            return kind
    return None


def _judged_by_type(node: Node, array: Array, kind: str, place: Place) -> Judged:
    types = set(node.types) | ({"number"} if "integer" in node.types else set())
    if types and kind not in types:
        return all_wrong(len(array))
    if _is_time(array.type):
        return _time_judged(node, array)
    found = _literals_judged(node, array, place)
    match kind:
        case "number":
            return both(found, number_judged(array, node.types, node.keywords))
        case "string":
            return both(found, text_judged(array, node.keywords))
        case "array":
            return both(found, list_judged(node, array, place.item or NATURAL, judge_with_nulls))
        case "object":
            return both(found, _object_judged(node, array, place))
    return found


def _time_judged(node: Node, array: Array) -> Judged:
    """A timestamp, date or time is valid by its type where the schema asks for no more."""
    asked = node.keywords.keys() & {"minLength", "maxLength", "pattern", "format", "enum", "const"}
    is_of = _TIMES.get(node.keywords.get("format", ""))
    if not asked or (asked == {"format"} and is_of is not None and is_of(array.type)):
        return Judged(unsure=_beyond_text(array))
    return all_unsure(len(array))


def _beyond_text(array: Array) -> Suspects:
    """Dates and instants outside the years 1 to 9999: text has no format for them."""
    if pa.types.is_time(array.type):
        return None
    zone = array.type.tz if pa.types.is_timestamp(array.type) else None
    seconds = array.cast(pa.timestamp("s", zone), safe=False).cast(pa.int64())
    return outside(seconds, -62_135_596_800, 253_402_300_799)


def _literals_judged(node: Node, array: Array, place: Place) -> Judged:
    found = FITS
    for values in (
        node.keywords.get("enum"),
        [node.keywords["const"]] if "const" in node.keywords else None,
    ):
        if values is None:
            continue
        nested = pa.types.is_nested(array.type)
        if (nested and not place.is_natural) or any(map(_is_beyond_exact, values)):
            return all_unsure(len(array))
        found = both(found, Judged(some(~equals_any(array, values))))
    return found


def _is_beyond_exact(value: Any) -> bool:
    """Whether a value has a number that several integers are equal to, as doubles."""
    if isinstance(value, list | dict):
        return any(map(_is_beyond_exact, value.values() if isinstance(value, dict) else value))
    return isinstance(value, int | float) and abs(value) > MAX_SAFE_INTEGER


def _object_judged(node: Node, array: Array, place: Place) -> Judged:
    count = len(array)
    members = dict(zip((one.name for one in array.type), array.flatten(), strict=True))
    if len(members) < array.type.num_fields:
        return all_unsure(count)
    present: dict[str, Suspects] = {
        name: None
        if not member.null_count or place.fields.get(name, NATURAL).keeps_null
        else mask_of(member.is_valid())
        for name, member in members.items()
    }
    found = both(_names_judged(node, present, count), _counts_judged(node, present, count))
    declared = {prop.name: prop.node for prop in node.properties}
    for name, member in members.items():
        judges = [one for pattern, one in node.patterns if matches(name, pattern)]
        if name in declared:
            judges.append(declared[name])
        elif not judges and isinstance(node.extra, Node):
            judges.append(node.extra)
        elif not judges and node.extra is False:
            found = both(found, all_wrong(count).where(present[name]))
        if node.names is not None and not fits(node.names, name):
            found = both(found, all_wrong(count).where(present[name]))
        for one in judges:
            inner = judge_with_nulls(one, member, place.fields.get(name, NATURAL))
            found = both(found, inner.where(present[name]))
    for trigger, dependent in node.dependents:
        if trigger in members:
            found = both(found, judge(dependent, array, place).where(present[trigger]))
    return found


def _names_judged(node: Node, present: Mapping[str, Suspects], count: int) -> Judged:
    """Judge by `required` and `dependentRequired`."""
    found = FITS
    wanted: list[tuple[str, Suspects]] = [
        (name, None) for name in node.keywords.get("required", ())
    ]
    for trigger, names in node.keywords.get("dependentRequired", {}).items():
        if trigger in present:
            wanted += [(name, present[trigger]) for name in names]
    for name, where in wanted:
        if name not in present:
            found = both(found, all_wrong(count).where(where))
        elif (there := present[name]) is not None:
            found = both(found, Judged(some(~there)).where(where))
    return found


def _counts_judged(node: Node, present: Mapping[str, Suspects], count: int) -> Judged:
    least, most = node.keywords.get("minProperties", 0), node.keywords.get("maxProperties")
    if not least and most is None:
        return FITS
    counts = np.zeros(count, dtype=np.int64)
    for there in present.values():
        counts += 1 if there is None else there
    return Judged(some((counts < least) | (False if most is None else counts > most)))


def struct_of(batch: pa.RecordBatch) -> Array:
    """Return a batch as one array of its rows, without copying."""
    if not batch.num_columns:
        return pa.array([{}] * batch.num_rows, pa.struct([]))
    return pc.make_struct(*batch.columns, field_names=batch.schema.names)
