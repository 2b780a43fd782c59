"""What aggregate makes of rows, against plain Python."""

import math
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_polyglot.engine.errors import JobError
from etl_polyglot.engine.transformations import parse_transformations
from etl_polyglot.engine.transforms.aggregate import Aggregate
from etl_polyglot.engine.transforms.table import apply_to_table

from .support import RunJob

FUNCTIONS = ("count", "count_distinct", "sum", "min", "max", "mean", "first", "last")
Row = dict[str, Any]
ROWS_OF_GROUP = {"name": "rows", "function": "count"}
MOMENT = pa.timestamp("us", "UTC")

SCORES = [
    {"name": f"{function}_score", "function": function, "column": "score"} for function in FUNCTIONS
]

INTEGERS = st.none() | st.integers(-(2**53), 2**53)
FLOATS = st.none() | st.floats(-1e300, 1e300) | st.sampled_from([0.1, 0.2, -0.0, 1e-320, 1e16])
TEXTS = st.none() | st.text(max_size=3) | st.sampled_from(["a", "é", "🙂", "Z", ""])
DECIMALS = st.none() | st.integers(-(10**17), 10**17).map(lambda n: Decimal(n).scaleb(-2))
TYPES: dict[str, pa.DataType] = {
    "g": pa.string(),
    "h": pa.float64(),
    "i": pa.int64(),
    "f": pa.float64(),
    "t": pa.string(),
    "d": pa.decimal128(18, 2),
}
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "g": st.sampled_from([None, "", "x", "ä"]),
            "h": st.sampled_from([None, 0.0, -0.0, 1.5]),
            "i": INTEGERS,
            "f": FLOATS,
            "t": TEXTS,
            "d": DECIMALS,
        }
    ),
    max_size=30,
)


def aggregates(columns: Sequence[str]) -> list[dict[str, str]]:
    return [
        {"name": f"{function}_{column}", "function": function, "column": column}
        for column in columns
        for function in FUNCTIONS
        if column != "t" or function not in ("sum", "mean")
    ] + [{"name": "rows", "function": "count"}]


def expected(rows: list[Row], group_by: list[str], asked: list[dict[str, str]]) -> list[Row]:
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row[name] for name in group_by), []).append(row)
    return [
        {name: group[0][name] for name in group_by}
        | {one["name"]: computed(one["function"], one.get("column"), group) for one in asked}
        for group in groups.values()
    ]


def computed(function: str, column: str | None, group: list[Row]) -> Any:
    if column is None:
        return len(group)
    values = [row[column] for row in group if row[column] is not None]
    match function:
        case "count":
            return len(values)
        case "count_distinct":
            return len(set(values))
        case "first":
            return group[0][column]
        case "last":
            return group[-1][column]
    if not values:
        return None
    match function:
        case "min":
            return min(values)
        case "max":
            return max(values)
        case "sum" if isinstance(values[0], float):
            return float(sum(map(Fraction, values)))
        case "sum":
            return sum(values)
    return float(sum(map(Fraction, values))) / len(values)


def tables(rows: list[Row], sizes: int) -> pa.Table:
    """The rows, in batches of so many."""
    schema = pa.schema(list(TYPES.items()))
    batches = [
        pa.RecordBatch.from_pylist(rows[at : at + sizes], schema)
        for at in range(0, len(rows), sizes)
    ]
    return pa.Table.from_batches(batches, schema)


def aggregated(table: pa.Table, group_by: list[str], asked: list[dict[str, str]]) -> pa.Table:
    step = {"type": "aggregate", "group_by": group_by, "aggregates": asked}
    (parsed,) = parse_transformations([step])
    return apply_to_table(Aggregate(parsed), table)


@settings(max_examples=60, deadline=None)
@given(ROWS, st.integers(1, 31), st.sampled_from([["g"], ["h"], ["g", "h"], ["t"]]))
def test_every_function_gives_what_plain_python_gives(
    rows: list[Row], sizes: int, group_by: list[str]
) -> None:
    asked = aggregates([name for name in ("i", "f", "t", "d") if name not in group_by])
    done = aggregated(tables(rows, sizes), group_by, asked)
    wanted = expected(rows, group_by, asked)
    for found, want in zip(done.to_pylist(), wanted, strict=True):
        for name, value in want.items():
            if name == "mean_d" and value is not None:
                assert math.isclose(found[name], value, rel_tol=1e-15)
            else:
                assert found[name] == value, name


def test_types_are_exact() -> None:
    columns = {"g": pa.array(["x"]), "n": pa.array([1], pa.int32()), "at": pa.array([1], MOMENT)}
    step = {
        "type": "aggregate",
        "group_by": ["g"],
        "aggregates": [
            {"name": "rows", "function": "count"},
            {"name": "sum", "function": "sum", "column": "n"},
            {"name": "mean", "function": "mean", "column": "n"},
            {"name": "max", "function": "max", "column": "n"},
            {"name": "last", "function": "last", "column": "at"},
            {"name": "first", "function": "first", "column": "at"},
        ],
    }
    done = aggregated(pa.table(columns), ["g"], step["aggregates"])
    assert done.schema.types == [
        pa.string(),
        *[pa.int64(), pa.int64(), pa.float64()],
        *[pa.int32(), MOMENT, MOMENT],
    ]


def test_sums_that_no_type_holds_are_errors_and_no_wrong_numbers() -> None:
    columns = {"g": pa.array([1, 1]), "i": pa.array([2**63 - 1, 1]), "f": pa.array([1e308, 1e308])}
    for column, limit in (("i", "int64"), ("f", "float64")):
        asked = [{"name": "total", "function": "sum", "column": column}]
        with pytest.raises(JobError, match=f"total: the sum of {column} .* beyond {limit}"):
            aggregated(pa.table(columns), ["g"], asked)
    mean = [{"name": "mean", "function": "mean", "column": "i"}]
    assert aggregated(pa.table(columns), ["g"], mean).column("mean").to_pylist() == [2.0**62]


def test_what_is_no_number_stays_none_whatever_the_order() -> None:
    infinite, nan = float("inf"), float("nan")
    for values, total in (
        ([1.0, infinite], infinite),
        ([infinite, -infinite, 1.0], nan),
        ([nan, 2.0], nan),
    ):
        table = pa.table({"g": ["x"] * len(values), "f": values})
        done = aggregated(table, ["g"], [{"name": "s", "function": "sum", "column": "f"}])
        assert str(done.column("s")[0].as_py()) == str(total)


@pytest.mark.parametrize(
    ("aggregate", "told"),
    [
        ({"name": "a", "function": "sum", "column": "name"}, "sum takes numbers, and column name"),
        ({"name": "a", "function": "max", "column": "tags"}, "values that have an order"),
        ({"name": "a", "function": "max", "column": "scor"}, "no column scor; did you mean score"),
        ({"name": "id", "function": "count"}, "the name id stands there twice"),
    ],
)
def test_what_cannot_be_computed_fails_the_job_at_its_start(
    job: RunJob, aggregate: dict[str, str], told: str
) -> None:
    step = {"type": "aggregate", "group_by": ["id"], "aggregates": [aggregate]}
    ended = job("id,name\n1,a\n", transformations=[step])
    assert ended.code == "INVALID_REQUEST"
    assert told in str(ended.error)
    assert ended.counts == {}


def test_a_step_after_aggregate_has_only_what_is_left(job: RunJob) -> None:
    step = {"type": "aggregate", "group_by": ["name"], "aggregates": [ROWS_OF_GROUP]}
    for after, told in (
        ("deduplicate", "no column id"),
        ("validate", "no records of the schema"),
        ({"type": "deduplicate", "key": ["score"]}, "no column score"),
    ):
        ended = job("id,name\n1,a\n", transformations=[step, after])
        assert ended.code == "INVALID_REQUEST"
        assert told in str(ended.error)


def test_counts_are_of_the_records_that_reached_the_aggregate(job: RunJob) -> None:
    source = "id,name,score\n1, a,1\n1,b,2\n2,a ,0.5\n0,c,9\n3,,\n4,b,\n"
    steps = [
        "normalize",
        "deduplicate",
        {
            "type": "aggregate",
            "group_by": ["name"],
            "aggregates": [ROWS_OF_GROUP, {"name": "n", "function": "sum", "column": "score"}],
        },
        "normalize",
        {"type": "deduplicate", "key": ["rows"], "keep": "last"},
    ]
    ended = job(source, transformations=steps, validation_mode="lenient")
    assert ended.rows == [
        {"name": "a", "rows": 2, "n": 1.5},
        {"name": "b", "rows": 1, "n": None},
    ]
    assert ended.counts == {"read": 6, "written": 3, "rejected": 2, "deduplicated": 1}
    assert ended.result is not None
    assert ended.result["output"]["rows"] == 2
    assert [(s["step"], s["rows_in"], s["rows_out"]) for s in ended.result["steps"]][3:] == [
        ("convert", 4, 4),
        ("normalize", 4, 4),
        ("deduplicate", 4, 3),
        ("aggregate", 3, 2),
        ("normalize", 2, 2),
        ("deduplicate", 2, 2),
        ("write", 2, 2),
    ]


def test_the_result_is_the_same_for_any_threads_chunks_and_batches(job: RunJob) -> None:
    lines = [f"{n % 900 + 1},n{n % 97},{(n * 7919 % 1000) / 7:.4f}\n" for n in range(30_000)]
    steps = [
        {"type": "deduplicate", "key": ["id", "name"], "keep": "last"},
        {"type": "aggregate", "group_by": ["name"], "aggregates": SCORES},
    ]
    outputs = {
        job(
            "id,name,score\n" + "".join(lines),
            transformations=steps,
            threads=threads,
            chunk_bytes=chunk_bytes,
            batch_size=batch_size,
        ).staged.read_bytes()
        for threads, chunk_bytes, batch_size in ((1, 10_000_000, 65_536), (3, 20_000, 7_000))
    }
    assert len(outputs) == 1
