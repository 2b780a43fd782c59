"""Parquet in: typed columns, safely cast."""

import datetime
import decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from .support import Ended, RunJob


@pytest.fixture
def from_columns(job: RunJob, tmp_path: Path) -> Any:
    def run(columns: dict[str, Any], schema: str | None = "kinds", **params: Any) -> Ended:
        path = tmp_path / "in.parquet"
        pq.write_table(pa.table(columns), path, row_group_size=params.pop("row_group_size", 3))
        return job(path, schema, "parquet", **params)

    return run


@pytest.mark.parametrize(
    ("name", "array", "expected"),
    [
        ("integer", pa.array([1, None], pa.int32()), [1, None]),
        ("integer", pa.array([1, None], pa.uint64()), [1, None]),
        ("integer", pa.array([1.0, None], pa.float64()), [1, None]),
        ("number", pa.array([1, 2], pa.int8()), [1.0, 2.0]),
        ("number", pa.array([0.5], pa.float32()), [0.5]),
        ("number", pa.array([decimal.Decimal("1.25")]), [1.25]),
        ("boolean", pa.array([True, None]), [True, None]),
        ("string", pa.array(["a", None], pa.large_string()), ["a", None]),
        ("string", pa.array(["a", "a", None]).dictionary_encode(), ["a", "a", None]),
        ("string", pa.nulls(2), [None, None]),
        ("day", pa.array([datetime.date(2024, 2, 29)]), [datetime.date(2024, 2, 29)]),
        ("day", pa.array(["2024-02-29"]), [datetime.date(2024, 2, 29)]),
        ("strings", pa.array([["a"], None, []], pa.list_(pa.large_string())), [["a"], None, []]),
        ("integers", pa.array([[1, 2]], pa.list_(pa.int16())), [[1, 2]]),
        ("struct", pa.array([{"x": 1}]), [{"x": 1, "y": None}]),
        ("union", pa.array(['"a"', "5"]), ['"a"', "5"]),
    ],
)
def test_a_column_takes_the_type_of_the_schema(
    from_columns: Any, name: str, array: pa.Array, expected: list[Any]
) -> None:
    assert [row[name] for row in from_columns({name: array}).rows] == expected


@pytest.mark.parametrize(
    "array",
    [
        pa.array([datetime.datetime(2024, 1, 1, 12)], pa.timestamp("s")),
        pa.array([datetime.datetime(2024, 1, 1, 12)], pa.timestamp("ms", "UTC")),
        pa.array([datetime.datetime(2024, 1, 1, 12)], pa.timestamp("us", "Asia/Tokyo")),
        pa.array([1704110400_000_000_999], pa.int64()).cast(pa.timestamp("ns", "UTC")),
        pa.array(["2024-01-01T12:00:00Z"]),
    ],
)
def test_moments_become_utc_microseconds(from_columns: Any, array: pa.Array) -> None:
    (row,) = from_columns({"moment": array}).rows
    assert row["moment"].isoformat() == "2024-01-01T12:00:00+00:00"


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("integer", pa.array(["1"])),
        ("boolean", pa.array([1])),
        ("string", pa.array([1])),
        ("string", pa.array([b"a"])),
        ("moment", pa.array([datetime.date(2024, 1, 1)])),
        ("strings", pa.array(["a"])),
        ("strings", pa.array([[1]])),
        ("struct", pa.array([{"y": "a"}])),
        ("struct", pa.array([{"x": 1, "z": 1}])),
    ],
)
def test_a_column_of_another_type_fails_the_job(
    from_columns: Any, name: str, array: pa.Array
) -> None:
    ended = from_columns({name: array})
    assert ended.code == "COLUMNS_MISMATCH"
    assert repr(name) in ended.error.details["reason"]


def test_missing_and_unknown_columns_fail_the_job(from_columns: Any) -> None:
    ended = from_columns({"id": [1], "nam": ["a"]}, "item")
    assert ended.code == "COLUMNS_MISMATCH"
    assert "required column 'name' is missing: is it 'nam'?" in ended.error.details["reason"]


def test_rejects_say_row_group_and_row(from_columns: Any) -> None:
    columns = {
        "id": pa.array([1, 2, 3, 4, 5, 6.5, 2**53]),
        "name": ["a", None, "c", "", "e", "f", "g"],
    }
    for chunk_bytes in (1, 10_000):
        ended = from_columns(
            columns, "item", validation_mode="lenient", row_group_size=3, chunk_bytes=chunk_bytes
        )
        assert [
            (r["index"], r["path"], r["keyword"], r["row_group"], r["row"], r["stage"])
            for r in ended.rejects
        ] == [
            (1, "/name", "required", 0, 1, "validate"),
            (3, "/name", "minLength", 1, 0, "validate"),
            (5, "/id", "cast", 1, 2, "cast"),
            (6, "/id", "cast", 2, 0, "cast"),
        ]
        assert "line" not in ended.rejects[0]
        assert [row["id"] for row in ended.rows] == [1, 3, 5]


def test_a_record_deduplicated_from_parquet_is_the_first(from_columns: Any) -> None:
    columns = {"id": [3, 1, 3, 1, 2], "name": ["a", "b", "c", "d", "e"]}
    ended = from_columns(columns, "item", transformations=["deduplicate"], chunk_bytes=1)
    assert [(row["id"], row["name"]) for row in ended.rows] == [(3, "a"), (1, "b"), (2, "e")]


def test_without_a_schema_every_column_passes(from_columns: Any) -> None:
    columns = {
        "t": pa.array([" a ", " a ", "b"]).dictionary_encode(),
        "n": pa.array([1, 1, 2], pa.uint8()),
        "l": pa.array([["x "], ["x"], None]),
    }
    ended = from_columns(
        columns, None, validation_mode="skip", transformations=["normalize", "deduplicate"]
    )
    assert ended.rows == [{"t": "a", "n": 1, "l": ["x"]}, {"t": "b", "n": 2, "l": None}]
    assert pq.read_schema(ended.staged).field("n").type == pa.uint8()


@pytest.mark.parametrize(
    "array",
    [
        pa.array([[("a", 1)], [("a", 1)], None], pa.map_(pa.string(), pa.int32())),
        pa.array([decimal.Decimal("1.5"), decimal.Decimal("1.5"), None]),
        pa.array([1, 1, None], pa.float16()),
        pa.array([b"ab", b"ab", None], pa.binary(2)),
        pa.array([datetime.time(1), datetime.time(1), None]),
        pa.nulls(2),
    ],
)
def test_without_a_schema_any_type_passes(from_columns: Any, array: pa.Array) -> None:
    for steps, rows in (["normalize"], array), (["deduplicate"], array.slice(1)):
        ended = from_columns({"x": array}, None, validation_mode="skip", transformations=steps)
        assert [row["x"] for row in ended.rows] == rows.to_pylist()


def test_a_corrupt_file_is_told(job: RunJob, tmp_path: Path) -> None:
    path = tmp_path / "whole.parquet"
    pq.write_table(pa.table({"a": ["x" * n for n in range(500)]}), path, compression="zstd")
    whole = path.read_bytes()
    for source in (b"PAR1", b"no parquet", whole[:-20], whole[:100] + b"\xff" * 50 + whole[150:]):
        ended = job(source, "letter", "parquet")
        assert ended.code == "INPUT_CORRUPT"
        assert ended.error is not None
        assert ended.error.details["format"] == "Parquet"


def test_no_rows_give_typed_output(from_columns: Any) -> None:
    ended = from_columns(
        {"id": pa.array([], pa.int32()), "name": pa.array([], pa.string())}, "item"
    )
    assert ended.counts == {}
    assert pq.read_schema(ended.staged).field("id").type == pa.int64()
