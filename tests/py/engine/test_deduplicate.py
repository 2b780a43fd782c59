"""Which of equal records deduplicate lets stay."""

from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from etl_polyglot.engine.errors import JobError
from etl_polyglot.engine.transforms.deduplicate import Deduplicate
from etl_polyglot.engine.transforms.table import apply_to_table

from .support import RunJob

SOURCE = "id,name,score\n1,a,1\n2,a,2\n1,b,3\n3,b,\n4,c,\n2,a,2\n"
LIST_OF_NULL = pa.list_(pa.null())


@pytest.mark.parametrize(
    ("options", "scores_by_id"),
    [
        ({}, [(1, 1.0), (2, 2.0), (3, None), (4, None)]),
        ({"keep": "last"}, [(1, 3.0), (3, None), (4, None), (2, 2.0)]),
        ({"key": ["name"]}, [(1, 1.0), (1, 3.0), (4, None)]),
        ({"key": ["name"], "keep": "last"}, [(3, None), (4, None), (2, 2.0)]),
        ({"key": ["name", "id"]}, [(1, 1.0), (2, 2.0), (1, 3.0), (3, None), (4, None)]),
        ({"key": ["score"]}, [(1, 1.0), (2, 2.0), (1, 3.0), (3, None), (4, None)]),
        ({"key": ["score"], "keep": "last"}, [(1, 1.0), (1, 3.0), (3, None), (4, None), (2, 2.0)]),
    ],
)
@pytest.mark.parametrize("chunk_bytes", [8, 10_000])
def test_one_record_of_each_key_stays_where_it_stood(
    job: RunJob,
    options: dict[str, object],
    scores_by_id: list[tuple[int, float | None]],
    chunk_bytes: int,
) -> None:
    step = {"type": "deduplicate", **options}
    ended = job(SOURCE, transformations=[step], chunk_bytes=chunk_bytes)
    assert [(row["id"], row["score"]) for row in ended.rows] == scores_by_id
    dropped = 6 - len(scores_by_id)
    assert ended.counts == {"read": 6, "written": 6 - dropped, "deduplicated": dropped}


def test_several_deduplications_each_count_what_they_drop(job: RunJob) -> None:
    steps = ["deduplicate", {"type": "deduplicate", "key": ["name"]}]
    ended = job(SOURCE, transformations=steps)
    assert [row["id"] for row in ended.rows] == [1, 3, 4]
    assert ended.counts == {"read": 6, "written": 3, "deduplicated": 3}


def test_a_key_that_is_no_column_fails_the_job_at_its_start(job: RunJob) -> None:
    ended = job(SOURCE, transformations=[{"type": "deduplicate", "key": ["nam"]}])
    assert ended.code == "INVALID_REQUEST"
    assert "there is no column nam; did you mean name?" in str(ended.error)


def left_of(values: list[Any], kind: pa.DataType) -> int:
    """How many values are left of a column."""
    table = pa.table({"a": pa.array(values, kind)})
    return apply_to_table(Deduplicate(key=()), table).num_rows


@pytest.mark.parametrize(
    ("values", "kind", "left"),
    [
        ([[1], [2], [1]], pa.list_(pa.duration("ns")), 2),
        ([[1], [2], [1]], pa.list_(pa.time64("ns")), 2),
        ([[(1, 1)], [(1, 2)], [(1, 1)]], pa.map_(pa.int8(), pa.timestamp("ns")), 2),
        ([[Decimal("1.10")], [Decimal("1.10")]], pa.list_(pa.decimal256(50, 2)), 1),
        ([[0.5], [0.5], [1.0]], pa.list_(pa.float16()), 2),
        ([Decimal("1E+2"), Decimal("1E+2"), Decimal("3E+2")], pa.decimal128(5, -2), 2),
        ([{"at": 2**60}, {"at": 2**60}], pa.struct([("at", pa.timestamp("s", "UTC"))]), 1),
        ([[None], [None, None], [None]], LIST_OF_NULL, 2),
        ([{"p": [None]}, {"p": [None]}, {"p": []}], pa.struct([("p", LIST_OF_NULL)]), 2),
        ([[("a", [None])], [("a", [])], [("a", [None])]], pa.map_(pa.string(), LIST_OF_NULL), 2),
    ],
)
def test_values_of_any_type_are_equal_only_when_they_are(
    values: list[Any], kind: pa.DataType, left: int
) -> None:
    assert left_of(values, kind) == left


def test_columns_whose_values_cannot_be_compared_are_refused_by_name_and_type() -> None:
    interval = pa.month_day_nano_interval()
    for kind in (interval, pa.list_(interval), pa.sparse_union([pa.field("x", pa.int64())])):
        with pytest.raises(JobError) as raised:
            Deduplicate(key=()).output(pa.schema([pa.field("a", kind)]))
        assert raised.value.code == "INVALID_REQUEST"
        assert f"values of column a, which is {kind}, cannot be compared" in str(raised.value)


def test_json_values_are_equal_as_json_has_it(job: RunJob) -> None:
    source = '{"o":{"a":1,"b":[2]}}\n{"o":{"b":[2.0],"a":1.0}}\n{"o":{"a":1,"b":[3]}}\n'
    for steps in (["deduplicate"], ["deduplicate", "validate"]):
        ended = job(source, "open_object", "ndjson", transformations=steps)
        assert [row["o"] for row in ended.rows] == ['{"a":1,"b":[2]}', '{"a":1,"b":[3]}']
    counts = [{"name": "n", "function": "count_distinct", "column": "o"}]
    step = {"type": "aggregate", "group_by": ["o"], "aggregates": counts}
    ended = job(source, "open_object", "ndjson", transformations=[step])
    assert [row["n"] for row in ended.rows] == [1, 1]
