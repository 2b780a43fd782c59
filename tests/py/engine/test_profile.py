"""What a profile says of columns, against plain Python, however the rows are cut."""

import json
import math
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_polyglot.engine.profile.distinct import KEPT_HASHES
from etl_polyglot.engine.profile.frequent import CANDIDATES
from etl_polyglot.engine.profile.hashes import Hasher
from etl_polyglot.engine.profile.profile import Profile

from .support import RunJob

COLUMNS: dict[str, tuple[pa.DataType, st.SearchStrategy[Any]]] = {
    "integer": (pa.int64(), st.integers(-(2**63), 2**63 - 1) | st.integers(-3, 3)),
    "small": (pa.int8(), st.integers(-128, 127)),
    "unsigned": (pa.uint64(), st.integers(0, 2**64 - 1)),
    "number": (pa.float64(), st.floats(allow_nan=False, allow_infinity=False)),
    "single": (pa.float32(), st.floats(width=32, allow_nan=False, allow_infinity=False)),
    "amount": (pa.decimal128(38, 2), st.decimals(-(10**35), 10**35, places=2)),
    "flag": (pa.bool_(), st.booleans()),
    "text": (pa.string(), st.text(st.characters(codec="utf-8"), max_size=6)),
    "moment": (
        pa.timestamp("us", "UTC"),
        st.datetimes(datetime(1, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC)),
    ),
    "day": (pa.date32(), st.dates(date(1, 1, 1), date(9999, 1, 1))),
}
NUMBERS = {"integer", "small", "unsigned", "number", "single", "amount"}


def profile(table: pa.Table, blocks: Sequence[pa.Table]) -> dict[str, Any]:
    """The profile of a table that comes in blocks, the columns by name."""
    with Profile(table.schema) as taken:
        for block in blocks:
            taken.add(block.num_rows, taken.measure(block.combine_chunks()))
        told = json.loads(json.dumps(taken.to_json(), allow_nan=False))
    assert told["rows"] == table.num_rows
    return {column.pop("name"): column for column in told["columns"]}


def of(values: Sequence[Any], kind: pa.DataType) -> dict[str, Any]:
    """The profile of one column, taken in one block."""
    table = pa.table({"a": pa.array(values, kind)})
    column: dict[str, Any] = profile(table, [table])["a"]
    return column


def shown(value: Any) -> Any:
    """A value as the report has it."""
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int) and abs(value) >= 2**53:
        return str(value)
    return value


@st.composite
def tables(draw: st.DrawFn) -> tuple[pa.Table, list[pa.Table]]:
    """A table with a column of every type, and blocks of it."""
    rows = draw(st.integers(0, 40))
    values = {
        name: pa.array(
            draw(st.lists(st.none() | one, min_size=rows, max_size=rows)), kind, from_pandas=False
        )
        for name, (kind, one) in COLUMNS.items()
    }
    table = pa.table(values)
    cuts = sorted(draw(st.lists(st.integers(0, rows), max_size=3)))
    bounds = zip([0, *cuts], [*cuts, rows], strict=True)
    return table, [table.slice(start, stop - start) for start, stop in bounds]


@settings(max_examples=25, deadline=None)
@given(tables())
def test_what_is_exact_agrees_with_plain_python_however_the_rows_are_cut(
    cut: tuple[pa.Table, list[pa.Table]],
) -> None:
    table, blocks = cut
    told = profile(table, blocks)
    for name in COLUMNS:
        values = [value for value in table[name].to_pylist() if value is not None]
        column, found = told[name], Counter(values)
        assert column["count"] == len(values)
        assert column["nulls"] == table.num_rows - len(values)
        assert (column["distinct"], column["distinct_error"]) == (len(found), 0)
        assert column["min"] == (shown(min(values)) if values else None)
        assert column["max"] == (shown(max(values)) if values else None)
        if name in NUMBERS and values:
            assert column["mean"] == float(sum(map(Fraction, values)) / len(values))
        else:
            assert column["mean"] is None
        if name == "text" and values:
            lengths = [len(value) for value in values]
            mean = sum(lengths) / len(lengths)
            assert column["length"] == {"min": min(lengths), "max": max(lengths), "mean": mean}
        else:
            assert column["length"] is None
        ranked = sorted(found.items(), key=lambda one: (-one[1], one[0]))[:10]
        assert column["top_values"] == [
            {"value": shown(value), "count": count} for value, count in ranked
        ]
        assert column["top_values_error"] == 0


@pytest.mark.parametrize("distinct", [KEPT_HASHES - 1, 30_000, 200_000])
def test_many_distinct_values_are_estimated_within_four_standard_errors(distinct: int) -> None:
    numbers = np.random.default_rng(7).permutation(np.arange(200_000) % distinct)
    columns = {"number": pa.array(numbers), "text": pa.array([f"user-{n}" for n in numbers])}
    table = pa.table(columns)
    blocks = [table.slice(start, 65_536) for start in range(0, 200_000, 65_536)]
    for column in profile(table, blocks).values():
        error = column["distinct_error"]
        assert error == (0 if distinct < KEPT_HASHES else round(1 / math.sqrt(KEPT_HASHES - 2), 4))
        assert abs(column["distinct"] - distinct) <= 4 * error * distinct


def test_the_most_frequent_of_many_values_are_found_within_the_stated_error() -> None:
    numbers = np.random.default_rng(7).zipf(1.3, 200_000) % 100_000
    table = pa.table({"a": pa.array(numbers)})
    blocks = [table.slice(start, 30_000) for start in range(0, 200_000, 30_000)]
    column, found = profile(table, blocks)["a"], Counter(numbers.tolist())
    error = column["top_values_error"]
    assert 0 < error <= 200_000 / (CANDIDATES + 1)
    for one in column["top_values"]:
        assert one["count"] <= found[one["value"]] <= one["count"] + error
    told = [one["value"] for one in column["top_values"]]
    assert told == [value for value, _ in found.most_common(10)]


def test_what_is_no_number_counts_as_a_value_and_nowhere_else() -> None:
    column = of([1.5, math.nan, math.inf, -math.inf, math.nan, -0.0, 0.0], pa.float64())
    assert (column["count"], column["distinct"]) == (7, 5)
    assert (column["min"], column["max"], column["mean"]) == (0, 1.5, 0.5)
    tops = [(one["value"], one["count"]) for one in column["top_values"]]
    assert tops[:2] == [(0, 2), ("NaN", 2)]
    assert {value for value, _ in tops[2:]} == {"-Infinity", 1.5, "Infinity"}


def test_long_texts_are_cut_where_they_are_shown_only() -> None:
    column = of(["a" * 5_000 + "x", "a" * 5_000 + "y", "b"], pa.string())
    assert column["distinct"] == 3
    assert column["length"]["max"] == 5_001
    assert column["min"] == column["top_values"][0]["value"] == "a" * 200 + "…"
    assert [one["count"] for one in column["top_values"]] == [1, 1, 1]


def test_lists_are_counted_by_their_items() -> None:
    column = of([["a"], ["a"], [], None, ["a", "b"]], pa.list_(pa.string()))
    assert (column["count"], column["nulls"], column["distinct"]) == (4, 1, 3)
    assert column["length"] == {"min": 0, "max": 2, "mean": 1}
    assert column["top_values"] is None


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (pa.null(), [None, None]),
        (pa.map_(pa.string(), pa.int64()), [[("a", 1)], None]),
        (pa.duration("s"), [1, None]),
        (pa.decimal256(50, 2), [Decimal("1.50"), None]),
        (pa.struct([("x", pa.timestamp("ms", "UTC"))]), [{"x": 2**61}, None]),
        (pa.timestamp("ms", "UTC"), [2**61, None]),
        (pa.binary(5), [b"abcde", None]),
        (pa.float16(), [1.5, None]),
        (pa.time32("s"), [1, None]),
        (pa.month_day_nano_interval(), [(1, 2, 3), None]),
        (pa.decimal128(5, -2), [Decimal("1E+2"), None]),
        (pa.list_(pa.decimal256(50, 2)), [[Decimal("1.50")], None]),
        (pa.list_(pa.null()), [[None, None], None]),
    ],
)
def test_a_column_of_any_type_has_a_profile(kind: pa.DataType, values: list[Any]) -> None:
    column = of(values, kind)
    assert column["count"] + column["nulls"] == 2


@pytest.mark.parametrize("failure", [pa.ArrowInvalid, duckdb.OutOfMemoryException])
def test_of_a_column_that_cannot_be_measured_the_values_are_counted(
    job: RunJob, monkeypatch: pytest.MonkeyPatch, failure: type[Exception]
) -> None:
    hashed = Hasher.hash

    def fail(hasher: Hasher, columns: Sequence[pa.Array]) -> list[Any]:
        if any("bad" in column.to_pylist() for column in columns):
            raise failure("no such value")
        return hashed(hasher, columns)

    table = pa.table({"a": ["x", "bad", None, "y"], "b": [1, 2, 3, 1]})
    whole = profile(table, [table])["b"]
    monkeypatch.setattr(Hasher, "hash", fail)
    blocks = [table.slice(start, 1) for start in range(4)]
    for cut in (blocks, [table]):
        told = profile(table, cut)
        assert told["b"] == whole
        known = {name: value for name, value in told["a"].items() if value is not None}
        assert known == {"type": "string", "count": 3, "nulls": 1}
    ended = job("id,name\n1,bad\n2,a\n", profile=True)
    assert ended.result is not None
    columns = {one["name"]: one["distinct"] for one in ended.result["profile"]["columns"]}
    assert (columns["id"], columns["name"]) == (2, None)


def test_one_large_value_is_measured_and_no_reason_to_fail() -> None:
    column = of([np.arange(6_000_000), []], pa.list_(pa.int64()))
    assert (column["distinct"], column["length"]["max"]) == (2, 6_000_000)


@pytest.mark.parametrize(
    ("kind", "stored", "told"),
    [
        (pa.timestamp("s", "UTC"), 0, "1970-01-01T00:00:00Z"),
        (pa.timestamp("s"), 0, "1970-01-01T00:00:00"),
        (pa.timestamp("s"), 2**62, f"{2**62} s since 1970-01-01"),
        (pa.date32(), 2**31 - 1, f"{2**31 - 1} days since 1970-01-01"),
        (pa.time32("s"), 90_000, "90000 s since 00:00:00"),
    ],
)
def test_dates_and_times_are_told_as_what_they_are(
    kind: pa.DataType, stored: int, told: str
) -> None:
    storage = pa.int32() if kind.bit_width == 32 else pa.int64()
    table = pa.table({"a": pa.array([stored], storage).cast(kind)})
    column = profile(table, [table])["a"]
    assert (column["min"], column["top_values"][0]["value"]) == (told, told)
