"""What the values of a frame stand for: a test for each line of the table of docs/dataframes.md."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from .support import ANY, NAME, ROOT, errors, record, seen, validator

INTEGER = {"type": "integer"}
NUMBER = {"type": "number"}
STRING = {"type": "string"}
DATE_TIME = {"type": "string", "format": "date-time"}
NAN, INF = float("nan"), float("inf")
GOOD: list[Any] = []


def arrow(values: Any, kind: pa.DataType) -> pd.Series:
    return pd.Series(pd.array(values, dtype=pd.ArrowDtype(kind)))


def table(array: Any) -> pa.Table:
    return pa.table({NAME: array})


def objects(*values: Any) -> pd.Series:
    column = np.empty(len(values), dtype=object)
    for position, value in enumerate(values):
        column[position] = value
    return pd.Series(column, dtype=object)


def missing_in_numpy_dtypes() -> None:
    columns = [
        pd.Series([NAN]),
        pd.Series(pd.to_datetime([None])),
        pd.Series(pd.to_datetime([None])).dt.tz_localize("UTC"),
        pd.Series(pd.to_timedelta([None])),
        pd.Series([None], dtype="str"),
        *(objects(gone) for gone in (None, NAN, np.float32("nan"), pd.NA, pd.NaT, Decimal("NaN"))),
        objects(np.datetime64("NaT")),
    ]
    for column in columns:
        assert errors(column, ANY) == [GOOD]
        assert errors(column, INTEGER, required=True) == [[["required"]]]
        assert errors(column, {"type": ["integer", "null"]}, required=True) == [GOOD]
        assert errors(column, {"const": 1}, required=True) == [[["required"]]]
        assert errors(column, {"enum": [1, None]}, required=True) == [GOOD]


def missing_in_nullable_dtypes() -> None:
    columns = [
        *(pd.Series([None], dtype=dtype) for dtype in ("Int64", "boolean", "string", "Float64")),
        *(arrow([None], kind) for kind in (pa.int64(), pa.string(), pa.list_(pa.int64()))),
        table(pa.array([None], pa.int64())),
        table(pa.nulls(1)),
        table(pa.array([None], pa.binary())),
    ]
    for column in columns:
        assert errors(column, ANY) == [GOOD]
        assert errors(column, INTEGER, required=True) == [[["required"]]]
        assert errors(column, {"type": ["integer", "null"]}, required=True) == [GOOD]


def nan_as_a_value() -> None:
    masked = pd.arrays.FloatingArray(np.array([NAN, 1.0, 2.0]), np.array([False, False, True]))
    for column in (pd.Series(masked), table(pa.array([NAN, 1.0, None]))):
        assert errors(column, NUMBER) == [[["type", "nan"]], GOOD, GOOD]
        assert errors(column, ANY) == [[["type", "nan"]], GOOD, GOOD]


def infinities() -> None:
    for column in (pd.Series([INF, 1.0]), objects(-INF, 1.0), table(pa.array([INF, 1.0]))):
        assert [len(one) for one in errors(column, NUMBER)] == [1, 0]
        assert [len(one) for one in errors(column, ANY)] == [1, 0]


def integers() -> None:
    for dtype in ("int8", "uint8", "int64", "UInt16", "Int64", "uint64"):
        column = pd.Series([1, 12], dtype=dtype)
        assert errors(column, {"type": "integer", "maximum": 9}) == [GOOD, [["maximum", 12]]]
    large = pd.Series([2**53 - 1, 2**53, 2**64 - 1], dtype="uint64")
    assert [len(one) for one in errors(large, INTEGER)] == [0, 1, 1]
    assert errors(large, NUMBER) == [GOOD] * 3
    assert errors(large, {"maximum": 2**53 - 1})[2] == [["maximum", 18446744073709552000]]
    assert errors(objects(10**400, 10**30), NUMBER)[1] == GOOD
    assert [len(one) for one in errors(objects(10**400, 10**30), ANY)] == [1, 0]


def floats() -> None:
    assert errors(pd.Series([1, None]), INTEGER) == [GOOD, GOOD]
    assert errors(pd.Series([1.5]), INTEGER) == [[["type", 1.5]]]
    assert errors(objects(1, 1.5), INTEGER) == [GOOD, [["type", 1.5]]]


def narrow_floats() -> None:
    assert seen(pd.Series([0.1], dtype="float32")) == [float(np.float32(0.1))]
    assert seen(pd.Series([0.5], dtype="float16")) == [0.5]
    assert seen(pd.Series([0.5], dtype=np.longdouble)) == [0.5]


def booleans() -> None:
    for column in (pd.Series([True]), pd.Series([True], dtype="boolean"), objects(np.True_, None)):
        assert errors(column, {"type": "boolean"})[0] == GOOD
        assert errors(column, INTEGER)[0] == [["type", True]]


def texts() -> None:
    for column in (
        pd.Series(["5"]),
        pd.Series(["5"], dtype="string"),
        pd.Series(["5"], dtype=pd.StringDtype("python")),
        objects("5"),
        table(pa.array(["5"], pa.string_view())),
        table(pa.array(["5"], pa.large_string())),
    ):
        assert errors(column, INTEGER) == [[["type", "5"]]]
        assert errors(column, {"type": ["string", "integer"], "maximum": 3}) == [GOOD]
        assert errors(column, {"enum": [5, "6"]}) == [[["enum", "5"]]]
        assert errors(column, {"type": ["string", "array"], "minLength": 2}) == [
            [["minLength", "5"]]
        ]
        assert errors(column, {"anyOf": [{"type": "integer"}, {"const": "5"}]}) == [GOOD]
    assert errors(pd.Series(["[1]"]), {"type": ["string", "array"], "maxLength": 2}) == [
        [["maxLength", "[1]"]]
    ]


def mixed_objects() -> None:
    column = objects(1, "1", True, None, NAN, [1], {"a": 1}, np.int8(1), np.str_("1"), 1.0)
    assert seen(column) == [1, "1", True, "absent", "absent", [1], {"a": 1}, 1, "1", 1]
    assert [len(one) for one in errors(column, INTEGER)] == [0, 1, 1, 0, 0, 1, 1, 0, 1, 0]


def decimals() -> None:
    kinds = (pa.decimal32(5, 2), pa.decimal128(20, 2), pa.decimal256(50, 2))
    for column in (
        objects(Decimal("0.07"), Decimal("5.00")),
        *(table(pa.array([Decimal("0.07"), Decimal("5")], kind)) for kind in kinds),
        arrow([Decimal("0.07"), Decimal("5")], pa.decimal128(5, 2)),
    ):
        assert seen(column) == [0.07, 5]
        assert errors(column, INTEGER) == [[["type", 0.07]], GOOD]
        assert errors(column, {"type": "number", "multipleOf": 0.01}) == [GOOD, GOOD]
        assert errors(column, {"type": "string", "const": "5.00"}) == [[["const", "0.07"]], GOOD]
        assert [len(one) for one in errors(column, {"type": ["string", "boolean"]})] == [1, 1]
    long = Decimal("5398190318.6391805")
    assert seen(table(pa.array([long]))) == [float(long)]


def uuids() -> None:
    one = uuid.UUID(int=5)
    for column in (objects(one), table(pa.array([one.bytes], pa.uuid()))):
        assert seen(column) == [str(one)]
        assert errors(column, {"type": "string", "format": "uuid"}) == [GOOD]


def instants() -> None:
    naive = pd.Series(pd.to_datetime(["2024-01-01 12:30:00.5", None]))
    zoned = naive.dt.tz_localize("America/New_York")
    for column, text in (
        (naive, "2024-01-01T12:30:00.5Z"),
        (naive.astype("datetime64[ns]"), "2024-01-01T12:30:00.5Z"),
        (zoned, "2024-01-01T17:30:00.5Z"),
        (table(pa.array(zoned)), "2024-01-01T17:30:00.5Z"),
        (naive.astype(object), "2024-01-01T12:30:00.5Z"),
        (zoned.astype(object), "2024-01-01T17:30:00.5Z"),
        (objects(datetime(2024, 1, 1, 12, 30), None), "2024-01-01T12:30:00Z"),
        (objects(datetime(2024, 1, 1, 12, 30, tzinfo=UTC), None), "2024-01-01T12:30:00Z"),
        (objects(np.datetime64("2024-01-01T12:30:00"), None), "2024-01-01T12:30:00Z"),
        (
            objects(pd.Timestamp("2024-01-01T00:00:00.000000001"), None),
            "2024-01-01T00:00:00.000000001Z",
        ),
    ):
        assert seen(column) == [text, "absent"]
        assert errors(column, DATE_TIME) == [GOOD, GOOD]
        assert errors(column, STRING) == [GOOD, GOOD]
        assert errors(column, {"type": "string", "maxLength": 5}) == [[["maxLength", text]], GOOD]
        assert errors(column, {"type": "string", "format": "date"}) == [[["format", text]], GOOD]
    far = table(pa.array([2**60], pa.timestamp("us")))
    assert [[one[0]] for one in errors(far, DATE_TIME)[0]] == [["format"]]
    edge = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5)))
    assert errors(objects(edge), DATE_TIME) == [GOOD]


def dates() -> None:
    day = date(2024, 2, 29)
    for column in (
        objects(day),
        objects(np.datetime64(day)),
        table(pa.array([day], pa.date32())),
        arrow([day], pa.date64()),
    ):
        assert seen(column) == ["2024-02-29"]
        assert errors(column, {"type": "string", "format": "date"}) == [GOOD]
        assert errors(column, DATE_TIME) == [[["format", "2024-02-29"]]]
    assert errors(objects(day, "2024-02-30"), {"format": "date"}) == [
        GOOD,
        [["format", "2024-02-30"]],
    ]


def times() -> None:
    for column in (
        objects(time(12, 30)),
        table(pa.array([time(12, 30)], pa.time32("s"))),
        table(pa.array([time(12, 30)], pa.time64("ns"))),
    ):
        assert seen(column) == ["12:30:00Z"]
        assert errors(column, {"type": "string", "format": "time"}) == [GOOD]
    assert seen(objects(time(12, 30, tzinfo=timezone(timedelta(hours=2))))) == ["12:30:00+02:00"]


def categories() -> None:
    numbers = pd.Series(pd.Categorical([2, 1, None], categories=[1, 2, 300]))
    assert errors(numbers, {"type": "integer", "maximum": 1}) == [[["maximum", 2]], GOOD, GOOD]
    names = pd.Series(pd.Categorical(["a", None], categories=["a", "unused"]))
    assert errors(names, {"enum": ["a"]}) == [GOOD, GOOD]
    mixed = pd.Series(pd.Categorical([1, "1", True], categories=pd.Index([1, "1", 2.5])))
    assert seen(mixed)[:2] == [1, "1"]
    decimals = pd.Series(pd.Categorical([Decimal("1.5")]))
    assert seen(decimals) == [1.5]
    days = pd.Series(pd.Categorical(pd.to_datetime(["2024-01-01"])))
    assert errors(days, DATE_TIME) == [GOOD]
    spans = pd.cut(pd.Series([1, 5]), [0, 3, 6])
    assert [len(one) for one in errors(spans, ANY)] == [1, 1]
    gap = pa.DictionaryArray.from_arrays(pa.array([0, 1]), pa.array([None, "a"]))
    assert errors(table(gap), STRING, required=True) == [[["required"]], GOOD]
    assert errors(table(pa.array(["a", None]).dictionary_encode()), {"const": "b"}) == [
        [["const", "a"]],
        GOOD,
    ]


def sparse() -> None:
    column = pd.Series(pd.arrays.SparseArray([0, 0, 7]))
    assert errors(column, {"type": "integer", "minimum": 1})[:2] == [[["minimum", 0]]] * 2
    assert errors(pd.Series(pd.arrays.SparseArray([NAN, 1.0])), INTEGER, required=True) == [
        [["required"]],
        GOOD,
    ]


def lists() -> None:
    texts = {"type": "array", "items": {"type": "string"}, "uniqueItems": True}
    for column in (
        objects(["a", "b"], ["a", "a"], [], None),
        objects(np.array(["a", "b"], dtype=object), np.array(["a", "a"]), np.array([]), None),
        objects(("a", "b"), ("a", "a"), (), None),
        arrow([["a", "b"], ["a", "a"], [], None], pa.list_(pa.string())),
        table(pa.array([["a", "b"], ["a", "a"], [], None], pa.list_view(pa.string_view()))),
        table(pa.array([["a", "b"], ["a", "a"], [], None], pa.large_list(pa.string_view()))),
    ):
        assert errors(column, texts) == [GOOD, [["uniqueItems", ["a", "a"]]], GOOD, GOOD]
    assert errors(objects([None], [pd.NA], [pd.NaT]), {"items": {"type": "null"}}) == [GOOD] * 3
    assert errors(objects([1, 1.5], [1, "2"]), {"items": INTEGER}) == [
        [["type", 1.5]],
        [["type", "2"]],
    ]
    for column in (objects([1.0, NAN], [0.5]), objects(np.array([1.0, NAN]), np.array([0.5]))):
        assert errors(column, {"type": "array"}) == [[["type", "nan"]], GOOD]
    nested = objects(np.array([[1, 2], [3, 4]]))
    assert seen(nested) == [[[1, 2], [3, 4]]]


def dicts() -> None:
    assert seen(objects({"a": None, "b": [1]})) == [{"a": None, "b": [1]}]
    assert errors(objects({"a": None}, {}), {"required": ["a"]}) == [GOOD, [["required"]]]
    for keys in ({1: "a"}, {None: 1}):
        assert [len(one) for one in errors(objects(keys), {"type": "object"})] == [1]
    kind = pa.map_(pa.string(), pa.int64())
    pairs = table(pa.array([[("a", 1), ("b", None)], None, [("a", 1), ("a", 2)]], kind))
    assert seen(pairs)[:2] == [{"a": 1, "b": None}, "absent"]
    assert [len(one) for one in errors(pairs, {"type": "object"})] == [0, 0, 1]


def structs() -> None:
    kind = pa.struct([("a", pa.int64()), ("b", pa.string())])
    rows = [{"a": 1, "b": "x"}, {"a": None, "b": "x"}, None]
    member = {
        "type": "object",
        "properties": {"a": {"type": ["integer", "null"]}, "b": {"type": "string"}},
        "additionalProperties": False,
    }
    for column in (table(pa.array(rows, kind)), arrow(rows, kind)):
        assert seen(column) == [{"a": 1, "b": "x"}, {"b": "x"}, "absent"]
        assert errors(column, {**member, "required": ["a"]}) == [GOOD] * 3
        assert errors(column, {**member, "properties": {"b": STRING, "a": INTEGER}}) == [GOOD] * 3
        assert errors(column, {"required": ["a"]}) == [GOOD, [["required"]], GOOD]


def no_json() -> None:
    for column in (
        pd.Series(pd.to_timedelta(["1D"])),
        objects(timedelta(days=1)),
        pd.Series(pd.period_range("2024-01", periods=1, freq="M")),
        pd.Series(pd.IntervalIndex.from_breaks([0, 1])),
        pd.Series([1j]),
        objects(b"text"),
        objects({"a"}),
        objects(object),
        table(pa.array([b"text"])),
        table(pa.array([5], pa.duration("s"))),
        table(pa.array(pd.period_range("2024-01", periods=1, freq="M").array)),
        objects([b"text"]),
    ):
        assert [one[0] for one in errors(column, ANY)[0]] == ["type"]
        assert "type" in [one[0] for one in errors(column, STRING)[0]]
    assert errors(objects([b"text"]), {"items": STRING}) == [[["type", "b'text'"]]]
    assert errors(pd.Series(pd.to_timedelta(["1D", None])), STRING) == [
        [["type", "1 days 00:00:00"]],
        GOOD,
    ]


def unsound() -> None:
    assert errors(objects("\ud800"), STRING) == [[["type", "\\ud800"]]]
    assert [len(one) for one in errors(objects({"\ud800": 1}), ANY)] == [1]
    deep: Any = 1
    for _ in range(63):
        deep = [deep]
    assert errors(objects(deep), ANY) == [GOOD]
    assert [len(one) for one in errors(objects([deep]), ANY)] == [1]


LINES: dict[str, Callable[[], None]] = {
    "None, NaN, NaT and NA in columns of NumPy dtypes and in `str`": missing_in_numpy_dtypes,
    "NA in nullable dtypes, nulls of Arrow": missing_in_nullable_dtypes,
    "NaN in `Float64` and Arrow-backed columns, where it is not NA": nan_as_a_value,
    "infinities": infinities,
    "integers of any width": integers,
    "floats": floats,
    "`float16`, `float32`": narrow_floats,
    "booleans": booleans,
    "`str`, `string`, texts of Arrow": texts,
    "objects": mixed_objects,
    "`Decimal`, decimals of Arrow": decimals,
    "`UUID`": uuids,
    "`datetime64`, `Timestamp`, `datetime`, timestamps of Arrow": instants,
    "`date`, dates of Arrow": dates,
    "`time`, times of Arrow": times,
    "`category`, dictionaries of Arrow": categories,
    "sparse columns": sparse,
    "lists, tuples, arrays, lists of Arrow": lists,
    "dicts, maps of Arrow": dicts,
    "structs of Arrow": structs,
    "`timedelta`, `Period`, `Interval`, complex numbers, bytes, sets, other objects": no_json,
    "halves of surrogate pairs, values nested more than 64 deep": unsound,
}


@pytest.mark.parametrize("line", LINES)
def test_values_stand_for_what_the_docs_say(line: str) -> None:
    LINES[line]()


def test_the_docs_have_these_lines() -> None:
    text = (ROOT / "docs" / "dataframes.md").read_text("utf-8")
    rows = text.partition("| in the frame | is |\n")[2].partition("\n\n")[0].splitlines()[1:]
    assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == list(LINES)


def test_a_column_that_the_schema_does_not_look_at_may_hold_anything() -> None:
    frame = pd.DataFrame({NAME: [1], "other": objects(b"bytes")})
    assert validator(record(INTEGER, closed=False)).validate_dataframe(frame).valid


def test_values_in_columns_that_a_closed_schema_does_not_name_are_refused_where_they_are() -> None:
    frame = pd.DataFrame({NAME: [1, 2, 3], "other": [None, "x", b"x"]})
    found = validator(record(INTEGER)).validate_dataframe(frame).errors
    assert [(one["index"], one["path"], one["keyword"], one["value"]) for one in found] == [
        (1, "/other", "additionalProperties", "x"),
        (2, "/other", "additionalProperties", "b'x'"),
    ]


class Unprintable:
    def __str__(self) -> str:
        raise RuntimeError("no text")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("sNaN"), "sNaN"),
        ([Decimal("sNaN")], "sNaN"),
        (Unprintable(), "an object of type Unprintable"),
        ({"a": Unprintable()}, "an object of type Unprintable"),
        ({1: 10**5000}, "an object of type dict"),
    ],
)
def test_a_value_that_python_cannot_even_print_has_no_json_form(value: Any, text: str) -> None:
    column = pd.Series([value, None, "a", pd.NA, float("nan")], dtype=object)
    first, *others = errors(column, ANY)
    assert first == [["type", text]]
    assert others == [[], [], [], []]
