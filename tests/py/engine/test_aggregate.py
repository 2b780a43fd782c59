"""What aggregate makes of rows, against plain Python."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_polyglot.engine.database import locked_database
from etl_polyglot.engine.errors import JobError, resource_error
from etl_polyglot.engine.transformations import parse_transformations
from etl_polyglot.engine.transforms.aggregate import Aggregate
from etl_polyglot.engine.transforms.exact_sum import exponents_of, limbs_for
from etl_polyglot.engine.transforms.groups import GroupFile, Groups
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
    return float(sum(map(Fraction, values)) / len(values))


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


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (2, 1, 0)])
def test_a_sum_that_fits_is_right_though_one_on_the_way_would_not(order: tuple[int, ...]) -> None:
    nines = Decimal("9" * 38)
    integers, decimals = [2**63 - 1, 2**63 - 1, 1 - 2**63], [nines, nines, nines.copy_negate()]
    floats = [1e308, 1e308, -1e308]
    of_decimals = pa.array(decimals, pa.decimal128(38, 0))
    table = pa.table({"g": [1, 1, 1], "i": integers, "d": of_decimals, "f": floats})
    table = table.take(pa.array(order))
    for name, total in (("i", 2**63 - 1), ("d", nines), ("f", 1e308)):
        asked = [{"name": "sum", "function": "sum", "column": name}]
        assert aggregated(table, ["g"], asked)["sum"].to_pylist() == [total]


def test_a_decimal_sum_ends_where_its_38_digits_do() -> None:
    asked = [{"name": "total", "function": "sum", "column": "d"}]
    for one, sign in ((Decimal("9" * 38), 1), (Decimal("-" + "9" * 38), -1)):
        fits = pa.table({"g": [1, 1], "d": pa.array([one, 0], pa.decimal128(38, 0))})
        assert aggregated(fits, ["g"], asked)["total"].to_pylist() == [one]
        beyond = pa.table({"g": [1, 1], "d": pa.array([one, sign], pa.decimal128(38, 0))})
        with pytest.raises(JobError, match="total: the sum of d in a group is beyond 38 digits"):
            aggregated(beyond, ["g"], asked)


def test_a_mean_is_rounded_once_and_is_no_larger_than_its_values() -> None:
    asked = [{"name": "mean", "function": "mean", "column": "f"}]
    for values in ([1.5e308, 1.5e308], [5e-324, 0.0, 5e-324], [0.1, 0.2, 0.4, 1e16]):
        mean = float(sum(map(Fraction, values)) / len(values))
        table = pa.table({"g": [1] * len(values), "f": values})
        assert aggregated(table, ["g"], asked)["mean"].to_pylist() == [mean]


def test_one_odd_number_makes_the_sums_of_others_no_dearer() -> None:
    numbers = np.random.default_rng(1).uniform(1, 100, 1000)
    usual = limbs_for(exponents_of(numbers))
    for odd in (1e-300, 5e-324, 1e300):
        limbs = limbs_for(exponents_of(np.append(numbers, odd)))
        assert len(limbs) <= len(usual) + 2
    table = pa.table({"g": np.arange(1000) % 7, "f": np.append(numbers[1:], 5e-324)})
    asked = [{"name": "sum", "function": "sum", "column": "f"}]
    wanted = expected(table.to_pylist(), ["g"], asked)
    assert aggregated(table, ["g"], asked).to_pylist() == wanted


def test_nan_is_neither_the_least_nor_the_greatest() -> None:
    nan, infinite = float("nan"), float("inf")
    asked = [{"name": name, "function": name, "column": "f"} for name in ("min", "max")]
    for kind in (pa.float16(), pa.float32(), pa.float64()):
        numbers = pa.array([nan, 0.5, -0.0, nan, infinite, 1.0], kind)
        table = pa.table({"g": [1, 1, 1, 2, 3, 3], "f": numbers})
        done = aggregated(table, ["g"], asked)
        assert done["min"].to_pylist() == [0.0, None, 1.0]
        assert done["max"].to_pylist() == [0.5, None, infinite]
        assert done["min"].type == kind


def test_the_last_value_of_any_type_is_as_it_stood() -> None:
    asked = [{"name": "last", "function": "last", "column": "v"}]
    of_maps = pa.list_(pa.map_(pa.string(), pa.duration("ns")))
    of_nulls = pa.list_(pa.null())
    for kind, values in (
        (pa.duration("ns"), [1, 2, 3]),
        (of_maps, [None, [], [[("a", 1), ("a", 3)], None]]),
        (pa.struct([("d", pa.decimal256(50, 2))]), [None, None, {"d": Decimal("1.50")}]),
        (of_nulls, [None, [], [None, None]]),
        (pa.struct([("n", of_nulls)]), [{"n": []}, None, {"n": [None, None]}]),
        (pa.map_(pa.string(), of_nulls), [[], None, [("a", [None, None])]]),
    ):
        values = [values[-1], *values]
        table = pa.table({"g": [0, 1, 1, 1], "v": pa.array(values, kind)}).slice(1)
        last = aggregated(table, ["g"], asked)["last"].combine_chunks()
        last.validate(full=True)
        assert last.equals(table["v"].slice(2).combine_chunks())


def test_more_aggregates_than_one_query_computes_are_computed() -> None:
    table = pa.table({"g": [1, 2, 1], **{f"c{n}": [n, n + 1, n + 2] for n in range(40)}})
    asked = [{"name": f"s{n}", "function": "sum", "column": f"c{n}"} for n in range(40)]
    assert aggregated(table, ["g"], asked).to_pylist() == expected(table.to_pylist(), ["g"], asked)


def test_values_that_no_batch_holds_are_the_memory_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etl_polyglot.engine.transforms.groups._MAX_BYTES", 100)
    batch = pa.record_batch({"place": [0, 1], "v0": ["a" * 80, "b" * 80]})
    with pa.ipc.new_file(str(tmp_path / "groups"), batch.schema) as out:
        out.write_batch(batch)
    groups = Groups([GroupFile(tmp_path / "groups", [0], ["max(o1)"])])
    assert groups.values(0, 1)["max(o1)"].to_pylist() == ["a" * 80]
    with pytest.raises(JobError) as raised:
        groups.values(0, 2)
    assert raised.value.code == "MEMORY_LIMIT"


def test_memory_that_ends_while_a_result_is_read_is_the_memory_limit_in_few_words() -> None:
    query = "SELECT repeat('x', CASE WHEN n > 4000 THEN 100000000 ELSE 1 END) FROM range(5000) t(n)"
    settings = {"memory_limit": "16MB", "temp_directory": ""}
    with (
        locked_database(1, settings) as connection,
        pytest.raises(OSError, match="Out of Memory") as raised,
    ):
        list(connection.sql(query).to_arrow_reader(1000))
    told = resource_error(raised.value, "the spill folder")
    assert told is not None
    assert told.code == "MEMORY_LIMIT"
    assert str(told).startswith("failed to allocate data of size 128.0 MiB")
    assert "SET " not in str(told)
    assert "\n" not in str(told)


def test_a_disk_that_is_full_while_a_result_is_read_is_told_as_one() -> None:
    told = resource_error(OSError("IO Error: Could not write: No space left on device"), "spill")
    assert told is not None
    assert (told.code, told.details) == ("DISK_FULL", {"path": "spill"})


def test_what_else_a_library_refuses_is_told_without_its_stack(
    job: RunJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    def find(*_: object) -> None:
        raise duckdb.InternalException("INTERNAL Error: no such case\n\nStack Trace:\n...")

    monkeypatch.setattr(Aggregate, "find", find)
    step = {"type": "aggregate", "group_by": ["id"], "aggregates": [ROWS_OF_GROUP]}
    ended = job("id,name\n1,a\n", transformations=[step])
    assert (ended.code, str(ended.error)) == ("JOB_FAILED", "INTERNAL Error: no such case")


def test_what_is_no_number_stays_none_whatever_the_order() -> None:
    infinite, nan = float("inf"), float("nan")
    for values, total in (
        ([1.0, infinite], infinite),
        ([infinite, -infinite, 1.0], nan),
        ([nan, 2.0], nan),
        ([1.5e308, 1.5e308, -infinite], -infinite),
        ([infinite, -1.5e308, -1.5e308], infinite),
        ([1.5e308, nan, 1.5e308], nan),
    ):
        table = pa.table({"g": ["x"] * len(values), "f": values})
        asked = [{"name": name, "function": name, "column": "f"} for name in ("sum", "mean")]
        done = aggregated(table, ["g"], asked)
        assert list(map(str, done.to_pylist()[0].values())) == ["x", str(total), str(total)]


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


@pytest.mark.parametrize(
    ("target_type", "text"),
    [
        ("ndjson", '{"boolean":true,"union":"\\"5\\"","string":7}\n'),
        ("csv", 'boolean,union,string\ntrue,"""5""",7\n'),
    ],
)
def test_an_aggregate_is_written_as_the_column_whose_values_it_has_not_as_one_of_its_name(
    job: RunJob, target_type: str, text: str
) -> None:
    step = {
        "type": "aggregate",
        "group_by": ["boolean"],
        "aggregates": [
            {"name": "union", "function": "first", "column": "string"},
            {"name": "string", "function": "max", "column": "union"},
        ],
    }
    source = '{"boolean":true,"string":"\\"5\\"","union":7}'
    ended = job(source, "kinds", "ndjson", transformations=[step], target_type=target_type)
    assert ended.staged.read_text() == text


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
