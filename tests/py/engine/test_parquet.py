"""Parquet in: typed columns, safely cast."""

import datetime
import decimal
import os
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
        ("number", pa.array([0.5, None], pa.float16()), [0.5, None]),
        ("integer", pa.array([2.0, None], pa.float16()), [2, None]),
        ("integer", pa.array([decimal.Decimal(12), None], pa.decimal128(38, 0)), [12, None]),
        ("integers", pa.array([[1.0, 2.0], None], pa.list_(pa.float32())), [[1, 2], None]),
        ("integers", pa.array([[1, 2], None], pa.list_(pa.int64(), 2)), [[1, 2], None]),
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
    ("nanoseconds", "text"),
    [
        (-1, "1969-12-31T23:59:59.999999Z"),
        (-1_000, "1969-12-31T23:59:59.999999Z"),
        (-1_001, "1969-12-31T23:59:59.999998Z"),
        (1_999, "1970-01-01T00:00:00.000001Z"),
    ],
)
def test_nanoseconds_are_cut_as_those_of_a_text_are(
    from_columns: Any, nanoseconds: int, text: str
) -> None:
    array = pa.array([nanoseconds]).cast(pa.timestamp("ns", "UTC"))
    (typed,) = from_columns({"moment": array}).rows
    (read,) = from_columns({"moment": pa.array([text])}).rows
    assert typed == read


def test_an_old_timestamp_reaches_any_year(job: RunJob, tmp_path: Path) -> None:
    path = tmp_path / "old.parquet"
    table = pa.table({"moment": pa.array([datetime.datetime(3000, 1, 1)], pa.timestamp("us"))})
    pq.write_table(table, path, use_deprecated_int96_timestamps=True)
    (row,) = job(path, "kinds", "parquet").rows
    assert row["moment"].isoformat() == "3000-01-01T00:00:00+00:00"


NAN = float("nan")
FAR = [2**62, 0, None]
MISFITS = [
    ("integer", pa.array([2.0**60, 1.0, None], pa.float32()), 2**60),
    ("integer", pa.array([NAN, 1.0, None], pa.float64()), None),
    ("integer", pa.array([float("inf"), 1.0, None], pa.float32()), None),
    ("integer", pa.array([1.5, 1.0, None], pa.float16()), 1.5),
    ("integer", pa.array([2**63, 1, None], pa.uint64()), 2**63),
    ("integer", pa.array([decimal.Decimal(10**18), decimal.Decimal(1), None]), 10**18),
    ("number", pa.array([NAN, 1.0, None], pa.float16()), None),
    ("integers", pa.array([[2.0, 1.5], [2.0], None]), [2, 1.5]),
    ("integers", pa.array([[1, 2**63], [2], None], pa.list_(pa.uint64())), [1, 2**63]),
    ("struct", pa.array([{"x": 1.5}, {"x": 1.0}, None]), {"x": 1.5}),
    ("moment", pa.array(FAR, pa.timestamp("ms")), f"<value out of range: {2**62}>"),
    ("moment", pa.array(FAR, pa.timestamp("us", "UTC")), f"<value out of range: {2**62}>"),
    ("moment", pa.array([-(10**14), 0, None], pa.timestamp("ms")), "-1199-02-15 14:13:20.000"),
    ("day", pa.array([2**31 - 1, 0, None], pa.date32()), f"<value out of range: {2**31 - 1}>"),
    ("union", pa.array(["[" * 65 + "]" * 65, "5", None]), "[" * 65 + "]" * 65),
    ("union", pa.array(["{", "5", None]), "{"),
]


@pytest.mark.parametrize("mode", ["lenient", "skip"])
@pytest.mark.parametrize(("name", "array", "value"), MISFITS)
def test_a_value_that_does_not_fit_rejects_its_record_alone(
    from_columns: Any, name: str, array: pa.Array, value: Any, mode: str
) -> None:
    ended = from_columns({name: array}, validation_mode=mode)
    assert [(r["index"], r["path"], r["stage"], r["keyword"]) for r in ended.rejects] == [
        (0, f"/{name}", "cast", "cast")
    ]
    assert ended.rejects[0]["value"] == pytest.approx(value)
    assert [row[name] is None for row in ended.rows] == [False, True]


def test_a_number_within_a_list_must_be_finite(job: RunJob, tmp_path: Path) -> None:
    path = tmp_path / "series.parquet"
    pq.write_table(pa.table({"values": [[1.0, NAN], [1.0], None]}), path)
    ended = job(path, "series", "parquet", validation_mode="skip")
    assert [(r["index"], r["path"], r["stage"]) for r in ended.rejects] == [(0, "/values", "cast")]
    assert [row["values"] for row in ended.rows] == [[1.0], None]


def test_the_file_that_was_opened_is_read_whatever_its_user_calls_it(
    job: RunJob, tmp_path: Path
) -> None:
    path, other = tmp_path / "in.parquet", tmp_path / "other.parquet"
    pq.write_table(pa.table({"a": ["mine"]}), path)
    pq.write_table(pa.table({"a": ["not mine"]}), other)
    for name in ("data/no-such-file.parquet", str(other)):
        ended = job(path, "letter", "parquet", source_name=name)
        assert [row["a"] for row in ended.rows] == ["mine"]


def test_a_parquet_file_that_shrinks_while_it_is_read_fails_the_job(
    job: RunJob, tmp_path: Path
) -> None:
    path = tmp_path / "shrinking.parquet"
    pq.write_table(pa.table({"a": [str(n) for n in range(50_000)]}), path, row_group_size=5_000)

    def shrink() -> bool:
        os.truncate(path, 100)
        return False

    assert job(path, "letter", "parquet", cancelled=shrink).code == "SOURCE_CHANGED"


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("integer", pa.array(["1"])),
        ("integer", pa.array([decimal.Decimal("1.0")])),
        ("union", pa.array([b"a"])),
        ("union", pa.array([[b"a"]])),
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
