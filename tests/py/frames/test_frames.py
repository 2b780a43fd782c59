"""Which frames are taken, and what comes back."""

from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from etl_polyglot import DataFrameValidator, rule
from etl_polyglot.frames.chunks import FrameError
from etl_polyglot.generated.records.user import UserRecord

from .support import NAME, chunks_of, record, validator

INTEGER = record({"type": "integer", "minimum": 1}, required=True)
USERS = {
    "id": [1, 0, 3],
    "email": ["ada@example.com", "ben@example.com", "none"],
    "name": ["Ada", "Ben", "Max"],
    "created_at": ["2024-01-01T00:00:00Z"] * 3,
}


def places(report: Any) -> list[tuple[int, str]]:
    return [(one["index"], one["path"]) for one in report.errors]


@pytest.mark.parametrize(
    "make",
    [
        pd.DataFrame,
        pa.table,
        lambda users: pa.RecordBatch.from_pydict(users),
        lambda users: pytest.importorskip("polars").DataFrame(users),
    ],
    ids=["pandas", "table", "record batch", "polars"],
)
def test_valid_and_invalid_rows_are_frames_of_the_type_that_came_in(make: Any) -> None:
    frame = make(USERS)
    report = DataFrameValidator(UserRecord).validate_dataframe(frame)
    assert places(report) == [(1, "/id"), (2, "/email")]
    assert report.mask.tolist() == [True, False, False]
    for part, names in ((report.valid_frame, ["Ada"]), (report.invalid_frame, ["Ben", "Max"])):
        assert type(part) is type(frame)
        column = part["name"]
        assert (column.to_pylist() if hasattr(column, "to_pylist") else list(column)) == names


def test_a_stream_is_judged_as_it_comes_and_its_rows_are_gone() -> None:
    relation = duckdb.from_arrow(pa.table(USERS))
    reader = pa.table(USERS).to_reader(max_chunksize=1)
    for stream in (relation, reader):
        report = DataFrameValidator(UserRecord).validate_dataframe(stream)
        assert places(report) == [(1, "/id"), (2, "/email")]
        with pytest.raises(TypeError, match=r"read once: validate a pyarrow\.Table"):
            _ = report.valid_frame


def test_no_more_of_a_stream_is_read_ahead_than_there_are_threads() -> None:
    read: list[int] = []
    ahead: list[int] = []

    def batches() -> Any:
        for count in range(50):
            read.append(count)
            yield pa.RecordBatch.from_pydict({NAME: [1, 2]})

    @rule("subject")
    def looks(frame: pd.DataFrame) -> Any:
        ahead.append(len(read) - len(ahead))
        return frame[NAME] > 0

    stream = pa.RecordBatchReader.from_batches(pa.schema({NAME: pa.int64()}), batches())
    subject = DataFrameValidator(validator(INTEGER).schema, rules=[looks])
    assert subject.validate_dataframe(stream, threads=2).total_records == 100
    assert max(ahead) <= 4


@pytest.mark.parametrize("frame", [[{"id": 1}], {"id": [1]}, None, pa.array([1])])
def test_what_is_no_frame_is_refused_with_what_to_give_instead(frame: Any) -> None:
    with pytest.raises(TypeError, match=r"is no frame: give a pandas\.DataFrame"):
        validator(INTEGER).validate_dataframe(frame)


def test_a_stream_that_arrow_cannot_read_is_refused_with_arrows_reason() -> None:
    with pytest.raises(TypeError, match=r"no columns from a Series .*non-struct type int64"):
        validator(INTEGER).validate_dataframe(pd.Series([1]))
    polars = pytest.importorskip("polars")
    wide = polars.DataFrame({NAME: polars.Series([1], dtype=polars.Int128)})
    with pytest.raises(TypeError, match=r"no columns from a DataFrame \(.*_pli128"):
        validator(INTEGER).validate_dataframe(wide)


def test_a_lazy_frame_is_to_be_collected() -> None:
    lazy = pytest.importorskip("polars").LazyFrame({NAME: [1]})
    with pytest.raises(TypeError, match=r"a LazyFrame is no frame: give its \.collect\(\)"):
        validator(INTEGER).validate_dataframe(lazy)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"threads": 0}, "threads=0: must be 1 or more"),
        ({"threads": -1}, "threads=-1: must be 1 or more"),
        ({"max_errors": -1}, "max_errors=-1: must be 0 or more"),
    ],
)
def test_options_that_mean_nothing_are_refused(options: dict[str, int], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        validator(INTEGER).validate_dataframe(pd.DataFrame({NAME: [1]}), **options)


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ([0, 1], "the column 0 is not called by a string"),
        ([NAME, 1.5], r"the column 1\.5 is not called by a string"),
        (pd.MultiIndex.from_tuples([("a", "b"), ("a", "c")]), r"the column \('a', 'b'\)"),
        ([NAME, NAME], "2 columns are called 'value'"),
    ],
)
def test_columns_must_have_names_of_members(columns: Any, reason: str) -> None:
    frame = pd.DataFrame([[1, 2]], columns=columns)
    with pytest.raises(FrameError, match=reason):
        validator(INTEGER).validate_dataframe(frame)


def test_a_table_with_two_columns_of_one_name_is_refused() -> None:
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2])], [NAME, NAME])
    with pytest.raises(FrameError, match="rename or drop all but one"):
        validator(INTEGER).validate_dataframe(table)


@pytest.mark.parametrize("subject", [int, dict, "user", pd.DataFrame])
def test_a_class_without_a_schema_is_refused_with_those_that_have_one(subject: Any) -> None:
    with pytest.raises(TypeError, match=r"UserRecord.*compile_schema\("):
        DataFrameValidator(subject)


@pytest.mark.parametrize(
    "index",
    [
        ["a", "a", "b"],
        [5, 3, 4],
        pd.MultiIndex.from_tuples([("x", 1), ("x", 2), ("y", 1)], names=["id", "email"]),
        pd.to_datetime(["2024-01-03", "2024-01-01", "2024-01-02"]),
    ],
)
def test_the_index_is_no_data_and_labels_are_kept(index: Any) -> None:
    frame = pd.DataFrame(USERS, index=index)
    report = DataFrameValidator(UserRecord).validate_dataframe(frame)
    assert places(report) == [(1, "/id"), (2, "/email")]
    pd.testing.assert_frame_equal(report.valid_frame, frame.iloc[[0]])
    pd.testing.assert_frame_equal(report.invalid_frame, frame.iloc[[1, 2]])


def test_a_frame_is_not_changed() -> None:
    frame = pd.DataFrame({NAME: [1.0, None, "x", [1]], "list": [[1], [2], None, np.array([3])]})
    before = frame.copy(deep=True)
    validator(INTEGER).validate_dataframe(frame)
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize(
    "frame", [pd.DataFrame(), pd.DataFrame({NAME: []}), pa.table({NAME: pa.array([], pa.int64())})]
)
def test_a_frame_without_rows_is_valid(frame: Any) -> None:
    report = validator(INTEGER).validate_dataframe(frame)
    assert (report.valid, report.total_records, report.errors) == (True, 0, [])
    assert len(report.valid_frame) == len(report.invalid_frame) == 0
    assert report.error_frame.empty


def test_a_frame_without_columns_has_rows_without_members() -> None:
    report = validator(INTEGER).validate_dataframe(pd.DataFrame(index=[1, 2]))
    assert [(one["index"], one["code"]) for one in report.errors] == [
        (0, "missing"),
        (1, "missing"),
    ]


def test_a_missing_column_is_missing_in_every_row_and_a_further_one_is_refused() -> None:
    report = validator(INTEGER).validate_dataframe(pd.DataFrame({"Value": [1, None]}))
    assert [(one["index"], one["path"], one["code"]) for one in report.errors] == [
        (0, "/Value", "unknown_key"),
        (0, "/value", "missing"),
        (1, "/value", "missing"),
    ]


def test_counts_are_exact_where_the_list_of_errors_ends() -> None:
    frame = pd.DataFrame({NAME: np.arange(-4999, 5001)})
    with chunks_of(700):
        report = validator(INTEGER).validate_dataframe(frame)
    assert (report.total_records, report.valid_records, report.invalid_records) == (
        10_000,
        5000,
        5000,
    )
    assert [one["index"] for one in report.errors] == list(range(1000))
    assert report.errors_truncated
    full = validator(INTEGER).validate_dataframe(frame, max_errors=None)
    assert len(full.errors) == 5000
    assert not full.errors_truncated


def test_the_errors_are_a_frame_too() -> None:
    frame = pd.DataFrame({NAME: [1, "x", None, [1]]})
    errors = validator(INTEGER).validate_dataframe(frame).error_frame
    assert list(errors.columns) == [
        *("index", "path", "field", "code", "message", "keyword", "expected", "value")
    ]
    assert errors["index"].tolist() == [1, 2, 3]
    assert errors["value"].tolist()[::2] == ["x", [1]]
    assert errors["value"].isna().tolist() == [False, True, False]


def test_a_report_is_short_in_a_notebook() -> None:
    frame = pd.DataFrame({NAME: range(-1999, 2001)})
    assert repr(validator(INTEGER).validate_dataframe(frame)) == (
        "FrameReport: 2,000 of 4,000 records are invalid\n"
        "  row 0, /value: must be at least 1, is -1999\n"
        "  row 1, /value: must be at least 1, is -1998\n"
        "  row 2, /value: must be at least 1, is -1997\n"
        "  row 3, /value: must be at least 1, is -1996\n"
        "  row 4, /value: must be at least 1, is -1995\n"
        "  … and more than 995 errors more"
    )
    good = validator(INTEGER).validate_dataframe(frame.iloc[2000:])
    assert repr(good) == "FrameReport: all 2,000 records are valid"
