"""A frame gets the verdict of the JSON rows that it stands for, however it is laid out and cut."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_polyglot.schema.errors import record_json
from etl_polyglot.schema.validator import BatchValidator

from .support import chunks_of, validator

ABSENT = object()
NAN = float("nan")

INTEGERS = [0, 1, 2, 5, -1, 100, 2**53 - 1]
NUMBERS = [0.0, 1.0, 0.07, 0.075, -0.5, 2.5, 1e300, 2.0**53]
TEXTS = ["", "a", "b", "5", "true", "null", "[1]", "abc", "2024-01-01T00:00:00Z", "😀😀"]
INSTANTS = [
    (datetime(2024, 2, 29, 12, 30, tzinfo=UTC), "2024-02-29T12:30:00Z"),
    (datetime(1970, 1, 1, 0, 0, 0, 500_000, tzinfo=UTC), "1970-01-01T00:00:00.5Z"),
]
DAYS = [(date(2024, 2, 29), "2024-02-29"), (date(1960, 1, 1), "1960-01-01")]
LISTS: list[list[Any]] = [[], ["a"], ["a", "a"], ["a", "b", "c"], ["5", None]]
PAIRS: list[list[Any]] = [["a", "a"], ["a", "b"], ["abc", None]]
NUMBER_PAIRS: list[list[Any]] = [[1, 1], [1, 2], [5, None]]
NUMBER_LISTS: list[list[Any]] = [[], [1], [1, 1], [1, 2, 5], [None, 2]]
JSON = [*INTEGERS[:4], 2.5, "a", "5", True, False, [], [1, "a"], {}, {"a": 1}, {"a": None}]

MEMBERS: list[Any] = [
    {},
    False,
    {"type": "integer", "minimum": 1, "maximum": 100},
    {"type": "number", "multipleOf": 0.01},
    {"type": "number", "exclusiveMinimum": 0},
    {"type": ["integer", "null"], "minimum": 1},
    {"type": "boolean"},
    {"type": "string", "minLength": 1, "maxLength": 2},
    {"type": "string", "pattern": "^[a-z0-9]+$"},
    {"type": "string", "format": "date-time"},
    {"type": "string", "format": "date"},
    {"type": ["string", "integer"], "minimum": 2, "minLength": 2},
    {"type": ["string", "null", "array"], "maxItems": 1},
    {"enum": ["a", "5", 5, 1, True, None, ["a"], "2024-02-29T12:30:00Z"]},
    {"const": 1},
    {"minimum": 1, "minLength": 1},
    {"anyOf": [{"type": "integer"}, {"type": "string", "maxLength": 1}]},
    {"oneOf": [{"type": "number"}, {"type": "integer"}, {"type": "string"}]},
    {"not": {"type": "string"}},
    {"if": {"type": "string"}, "then": {"minLength": 2}, "else": {"type": "integer"}},
    {"type": "array", "items": {"type": "string", "minLength": 1}, "uniqueItems": True},
    {"type": "array", "items": {"type": ["integer", "null"]}, "contains": {"const": 1}},
    {"type": "array", "prefixItems": [{"const": "a"}], "items": {"const": "b"}},
    {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]},
    {"type": "object", "properties": {"a": {"type": "integer"}}, "additionalProperties": False},
]


@dataclass
class Column:
    """A column in some dtype, and the JSON values that it stands for."""

    series: Any
    stands_for: list[Any]
    dtype: str


def some(pool: list[Any], dtype: str, make: Any, shown: Any = lambda value: value) -> Any:
    """Columns of values of a pool, with gaps."""

    def build(values: list[Any]) -> Column:
        stands_for = [ABSENT if value is ABSENT else shown(value) for value in values]
        return Column(make([None if one is ABSENT else one for one in values]), stands_for, dtype)

    return lambda size: st.lists(
        st.sampled_from([ABSENT, *pool]), min_size=size, max_size=size
    ).map(build)


def typed(dtype: Any) -> Any:
    return lambda values: pd.Series(pd.array(values, dtype=dtype))


def plain(dtype: Any) -> Any:
    return lambda values: pd.Series(values, dtype=dtype)


def arrow(kind: pa.DataType) -> Any:
    return typed(pd.ArrowDtype(kind))


def objects(values: list[Any]) -> Any:
    column = np.empty(len(values), dtype=object)
    for position, value in enumerate(values):
        column[position] = value
    return pd.Series(column, dtype=object)


def with_nan(values: list[Any]) -> Any:
    return objects([NAN if value is None else value for value in values])


def arrays(values: list[Any]) -> Any:
    return objects([None if one is None else np.array(one, dtype=object) for one in values])


def instants(kind: str, zone: str | None) -> Any:
    def make(values: list[Any]) -> Any:
        column = pd.Series(pd.to_datetime(pd.Series(values, dtype=object), utc=True))
        column = column.astype(f"datetime64[{kind}, UTC]")
        return column.dt.tz_localize(None) if zone is None else column.dt.tz_convert(zone)

    return make


def first(pair: Any) -> Any:
    return None if pair is None else pair[0]


def moments(make: Any) -> Any:
    return lambda values: make([first(one) for one in values])


def second(pair: Any) -> Any:
    return pair[1]


COLUMNS = [
    some(INTEGERS, "float64", plain("float64")),
    some(INTEGERS, "Int64", typed("Int64")),
    some(INTEGERS[:4], "UInt8", typed("UInt8")),
    some(INTEGERS, "int64[pyarrow]", arrow(pa.int64())),
    some(INTEGERS, "objects of int", objects),
    some([*INTEGERS, 2.5], "objects of numbers", with_nan),
    some(NUMBERS, "float64", plain("float64")),
    some(NUMBERS, "Float64", typed("Float64")),
    some(NUMBERS, "double[pyarrow]", arrow(pa.float64())),
    some([Decimal("0.07"), Decimal("2.50")], "decimal", objects),
    some([Decimal("0.07"), Decimal("2.50")], "decimal[pyarrow]", arrow(pa.decimal128(9, 2))),
    some([True, False], "boolean", typed("boolean")),
    some([True, False], "objects of bool", objects),
    some(TEXTS, "str", plain("str")),
    some(TEXTS, "string", typed("string")),
    some(TEXTS, "objects of str", with_nan),
    some(TEXTS, "category", plain("category")),
    some(TEXTS, "string[pyarrow]", arrow(pa.string())),
    some(TEXTS, "dictionary[pyarrow]", arrow(pa.dictionary(pa.int32(), pa.string()))),
    some(INTEGERS, "category", plain("category")),
    some(INSTANTS, "datetime64[ns]", moments(instants("ns", None)), second),
    some(INSTANTS, "datetime64[us, zone]", moments(instants("us", "Asia/Kathmandu")), second),
    some(INSTANTS, "objects of datetime", moments(objects), second),
    some(DAYS, "objects of date", moments(objects), second),
    some(DAYS, "date32[pyarrow]", moments(arrow(pa.date32())), second),
    some(LISTS, "objects of list", objects),
    some(LISTS, "objects of ndarray", arrays),
    some(LISTS, "list[pyarrow]", arrow(pa.list_(pa.string()))),
    some(NUMBER_LISTS, "objects of list", objects),
    some(NUMBER_LISTS, "list[pyarrow]", arrow(pa.large_list(pa.int64()))),
    some(PAIRS, "fixed-size list[pyarrow]", arrow(pa.list_(pa.string(), 2))),
    some(NUMBER_PAIRS, "fixed-size list[pyarrow]", arrow(pa.list_(pa.int64(), 2))),
    some(JSON, "objects", objects),
    some([], "nothing", objects),
]


@st.composite
def frames(draw: st.DrawFn) -> tuple[dict[str, Any], pd.DataFrame, list[dict[str, Any]]]:
    """A schema, a frame, and the rows that it stands for."""
    size = draw(st.integers(0, 12))
    names = draw(st.lists(st.sampled_from(["a", "b", "c"]), unique=True, min_size=1))
    columns = {name: draw(draw(st.sampled_from(COLUMNS))(size)) for name in names}
    document = {
        "type": "object",
        "properties": {name: draw(st.sampled_from(MEMBERS)) for name in ("a", "b")},
        "required": draw(st.lists(st.sampled_from(["a", "b"]), unique=True)),
        **draw(
            st.sampled_from(
                [
                    {},
                    {"additionalProperties": False},
                    {"additionalProperties": {"type": "string"}},
                    {"minProperties": 2},
                    {"dependentRequired": {"a": ["b"]}},
                    {"anyOf": [{"required": ["a"]}, {"required": ["c"]}]},
                    {"propertyNames": {"enum": ["a", "b"]}},
                ]
            )
        ),
    }
    index = draw(st.permutations(range(size)))
    frame = pd.DataFrame({name: one.series for name, one in columns.items()}).set_axis(index)
    rows: list[dict[str, Any]] = [{} for _ in range(size)]
    keeps_null, texts = nullable(document), textual(document)
    for name, column in columns.items():
        for row, value in zip(rows, column.stands_for, strict=True):
            if isinstance(value, Decimal):
                row[name] = str(value) if name in texts else float(value)
            elif value is not ABSENT:
                row[name] = value
            elif name in keeps_null:
                row[name] = None
    return document, frame, rows


def nullable(document: dict[str, Any]) -> set[str]:
    """The members whose missing values are null: they are required and admit it."""
    return {one.name for one in validator(document).schema.columns if one.required and one.nullable}


def textual(document: dict[str, Any]) -> set[str]:
    """The members that can be strings only: a decimal is its text there."""
    return {one.name for one in validator(document).schema.columns if one.kind == "string"}


def told(records: list[Any]) -> list[str]:
    return [record_json(record) for record in records]


@settings(max_examples=250, deadline=None, print_blob=True)
@given(frames(), st.integers(1, 13), st.integers(1, 3))
def test_a_frame_is_judged_as_the_rows_that_it_stands_for(
    case: tuple[dict[str, Any], pd.DataFrame, list[dict[str, Any]]], chunk_rows: int, threads: int
) -> None:
    document, frame, rows = case
    subject = validator(document)
    expected = BatchValidator(subject.schema).validate_rows(rows, 0)
    with chunks_of(chunk_rows):
        report = subject.validate_dataframe(frame, threads=threads)
    assert told(report.errors) == told(expected.errors)
    valid = np.ones(len(rows), dtype=bool) if expected.valid is None else expected.valid
    assert report.mask.tolist() == valid.tolist()
    assert (report.valid_records, report.invalid_records) == (valid.sum(), (~valid).sum())
    assert report.valid_frame.index.tolist() == frame.index[valid].tolist()
    assert report.invalid_frame.index.tolist() == frame.index[~valid].tolist()


@settings(max_examples=80, deadline=None, print_blob=True)
@given(frames(), st.integers(1, 13), st.integers(1, 3), st.integers(0, 12))
def test_the_list_of_errors_is_the_beginning_of_all_and_says_whether_it_is(
    case: tuple[dict[str, Any], pd.DataFrame, Any], chunk_rows: int, threads: int, max_errors: int
) -> None:
    document, frame, _ = case
    subject = validator(document)
    every = subject.validate_dataframe(frame, max_errors=None, threads=1)
    assert not every.errors_truncated
    with chunks_of(chunk_rows):
        report = subject.validate_dataframe(frame, max_errors=max_errors, threads=threads)
    assert told(report.errors) == told(every.errors[:max_errors])
    assert report.errors_truncated == (len(every.errors) > max_errors)
    assert report.mask.tolist() == every.mask.tolist()


@settings(max_examples=60, deadline=None, print_blob=True)
@given(frames(), st.integers(1, 5))
def test_arrow_tables_and_streams_say_the_same_as_their_pandas_frames(
    case: tuple[dict[str, Any], pd.DataFrame, Any], chunk_rows: int
) -> None:
    document, frame, _ = case
    subject = validator(document)
    try:
        table = pa.Table.from_pandas(frame, preserve_index=False)
    except (pa.ArrowInvalid, pa.ArrowTypeError):  # columns of mixed objects
        return
    typed_frame = table.to_pandas(types_mapper=pd.ArrowDtype)
    expected = told(subject.validate_dataframe(typed_frame, threads=1).errors)
    reader = pa.RecordBatchReader.from_batches(table.schema, table.to_batches())
    for one in (table, reader):
        with chunks_of(chunk_rows):
            report = subject.validate_dataframe(one)
        assert told(report.errors) == expected
