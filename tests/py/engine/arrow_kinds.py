"""Columns of every type that Arrow has, as files may hold them."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

TEXTS = frozenset({"csv", "json", "ndjson"})

EVERY = TEXTS | {"arrow", "parquet"}


@dataclass(frozen=True)
class Kind:
    """Three values of a type, of which the second is absent.

    Attributes:
        array: the values.
        plain: the same values as they are once they were read.
        refused: the formats that have no such values.
    """

    array: pa.Array
    plain: pa.Array
    refused: frozenset[str] = field(default=frozenset())


def as_it_is(array: pa.Array, refused: frozenset[str] = frozenset()) -> Kind:
    return Kind(array, array, refused)


def of_storage(kind: Any, storage: pa.Array) -> pa.Array:
    return pa.ExtensionArray.from_storage(kind, storage)


def in_runs(two: pa.Array) -> pa.Array:
    """One of the first value and two of the second, by run ends."""
    return pa.RunEndEncodedArray.from_arrays(pa.array([1, 3], pa.int32()), two)


def from_dictionary(indices: list[int | None], values: pa.Array) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(indices), values)


NUMBERS = [1, None, 2]
BYTES = [b"ab", None, b"cd"]
STRINGS = ["ab", None, "é"]
LISTS = [[1, 2], None, [3, 4]]
LIST_OF_NULL = pa.list_(pa.null())
DECIMALS = [Decimal("1.10"), None, Decimal("-2.05")]
HUNDREDS = [Decimal("1E+2"), None, Decimal("3E+2")]
UUIDS = [uuid.UUID(int=2**127 + 1), None, uuid.UUID(int=10)]

_INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
_DECIMALS: dict[int, Any] = {
    9: pa.decimal32,
    18: pa.decimal64,
    38: pa.decimal128,
    76: pa.decimal256,
}
_MEMBERS = [pa.array([1, 2, 3]), pa.array(["a", "b", "c"])]
_TAGS, _PLACES = pa.array([0, 1, 0], pa.int8()), pa.array([0, 0, 1], pa.int32())

KINDS = {
    **{name: as_it_is(pa.array(NUMBERS, getattr(pa, name)())) for name in _INTEGERS},
    **{
        name: as_it_is(pa.array([0.5, None, -2.0], getattr(pa, name)()))
        for name in ("float16", "float32", "float64")
    },
    **{
        f"decimal {digits}": as_it_is(pa.array(DECIMALS, make(digits, 2)))
        for digits, make in _DECIMALS.items()
    },
    **{
        f"hundreds {digits}": as_it_is(pa.array(HUNDREDS, make(5, -2)), frozenset({"parquet"}))
        for digits, make in _DECIMALS.items()
    },
    "bool": as_it_is(pa.array([True, None, False])),
    "null": as_it_is(pa.nulls(3)),
    **{
        str(kind): as_it_is(pa.array([date(1, 1, 1), None, date(9999, 12, 31)], kind))
        for kind in (pa.date32(), pa.date64())
    },
    **{
        str(kind): as_it_is(pa.array(NUMBERS, kind))
        for kind in (
            *(pa.time32("s"), pa.time32("ms"), pa.time64("us"), pa.time64("ns")),
            *(pa.timestamp(unit) for unit in ("s", "ms", "us", "ns")),
            *(pa.timestamp(unit, "UTC") for unit in ("s", "ms", "us", "ns")),
            pa.timestamp("us", "Asia/Tokyo"),
            *(pa.duration(unit) for unit in ("s", "ms", "us", "ns")),
        )
    },
    "interval": as_it_is(
        pa.array([(1, 2, 3), None, (2, 2, 2)], pa.month_day_nano_interval()), EVERY - {"arrow"}
    ),
    **{
        str(kind): Kind(pa.array(BYTES, kind), pa.array(BYTES))
        for kind in (pa.binary(), pa.large_binary(), pa.binary_view())
    },
    "fixed binary": as_it_is(pa.array(BYTES, pa.binary(2))),
    **{
        str(kind): Kind(pa.array(STRINGS, kind), pa.array(STRINGS))
        for kind in (pa.string(), pa.large_string(), pa.string_view())
    },
    **{
        str(kind): Kind(pa.array(LISTS, kind), pa.array(LISTS, pa.list_(pa.int32())))
        for kind in (
            pa.list_(pa.int32()),
            pa.large_list(pa.int32()),
            pa.list_(pa.int32(), 2),
            pa.list_view(pa.int32()),
            pa.large_list_view(pa.int32()),
        )
    },
    "struct": as_it_is(pa.array([{"a": 1, "b": "x"}, None, {"a": None, "b": "y"}])),
    "empty struct": as_it_is(pa.array([{}, None, {}], pa.struct([])), frozenset({"parquet"})),
    "map": as_it_is(pa.array([[("a", 1)], None, []], pa.map_(pa.string(), pa.int64()))),
    "lists of null": as_it_is(pa.array([[None], None, [None, None]], LIST_OF_NULL)),
    "struct of lists of null": as_it_is(
        pa.array([{"a": [None, None]}, None, {"a": [None]}], pa.struct([("a", LIST_OF_NULL)]))
    ),
    "map of lists of null": as_it_is(
        pa.array([[("a", [None])], None, [("b", [None, None])]], pa.map_(pa.string(), LIST_OF_NULL))
    ),
    "dictionary": Kind(pa.array(STRINGS).dictionary_encode(), pa.array(STRINGS)),
    "dictionary of numbers": Kind(pa.array(NUMBERS).dictionary_encode(), pa.array(NUMBERS)),
    "dictionary of views": Kind(
        from_dictionary([1, None, 0], pa.array(["é", "ab"], pa.string_view())), pa.array(STRINGS)
    ),
    "dictionary with null": Kind(from_dictionary([0, 1, 2], pa.array(STRINGS)), pa.array(STRINGS)),
    "runs": Kind(in_runs(pa.array(["x", None])), pa.array(["x", None, None])),
    "runs of lists": Kind(in_runs(pa.array([[1], None])), pa.array([[1], None, None])),
    "runs of views": Kind(
        in_runs(pa.array([b"x", None], pa.binary_view())), pa.array([b"x", None, None])
    ),
    "runs of a dictionary": Kind(
        in_runs(pa.array(["x", None]).dictionary_encode()), pa.array(["x", None, None])
    ),
    "sparse union": as_it_is(pa.UnionArray.from_sparse(_TAGS, _MEMBERS), EVERY),
    "dense union": as_it_is(pa.UnionArray.from_dense(_TAGS, _PLACES, _MEMBERS), EVERY),
    "uuid": Kind(
        pa.array([None if one is None else one.bytes for one in UUIDS], pa.uuid()),
        pa.array([None if one is None else str(one) for one in UUIDS]),
    ),
    "json": Kind(of_storage(pa.json_(), pa.array(STRINGS)), pa.array(STRINGS)),
    "bool8": Kind(
        of_storage(pa.bool8(), pa.array([5, None, 0], pa.int8())), pa.array([True, None, False])
    ),
    "tensor": Kind(
        of_storage(
            pa.fixed_shape_tensor(pa.int32(), [2]), pa.array(LISTS, pa.list_(pa.int32(), 2))
        ),
        pa.array(LISTS, pa.list_(pa.int32())),
    ),
    "opaque": Kind(
        of_storage(
            pa.opaque(pa.large_binary(), "point", "other"), pa.array(BYTES, pa.large_binary())
        ),
        pa.array(BYTES),
    ),
}
"""By name; every type of which pyarrow makes arrays."""


def in_lists(array: pa.Array) -> pa.Array:
    return pa.ListArray.from_arrays(pa.array([0, None, 2, 3], pa.int32()), array)


def in_structs(array: pa.Array) -> pa.Array:
    """The last struct is absent, and its member lies hidden under it."""
    hidden = pa.array([False, False, True])
    return pa.StructArray.from_arrays([array], ["member"], mask=hidden)


def in_maps(array: pa.Array) -> pa.Array:
    keys = pa.array(["a", "b", "c"])
    return pa.MapArray.from_arrays(pa.array([0, None, 2, 3], pa.int32()), keys, array)


_NESTINGS: dict[str, Callable[[pa.Array], pa.Array]] = {
    "bare": lambda array: array,
    "in lists": in_lists,
    "in structs": in_structs,
    "in maps": in_maps,
}
NESTINGS = tuple(_NESTINGS)


def nested(nesting: str, kind: Kind) -> Kind:
    """The values of a kind as they are, or inside others."""
    nest = _NESTINGS[nesting]
    return Kind(nest(kind.array), nest(kind.plain), kind.refused)
