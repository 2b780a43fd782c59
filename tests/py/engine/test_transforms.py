"""What normalize and deduplicate do to rows, in any order."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl_polyglot.engine.rows import Rejects, Rows
from etl_polyglot.engine.transforms.normalize import Normalize

from .support import RunJob

USER = "id,email,name,created_at\n"


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("a b", "a b"),
        (" a", "a"),
        ("a ", "a"),
        ("a  b", "a b"),
        ("a\tb\r\nc", "a b c"),
        ("\u00a0a\u2003\u3000b\u0085", "a b"),
        ("a\u200bb", "a\u200bb"),
        ("e\u0301", "é"),
        ("Å", "Å"),
        ("ﬁ", "ﬁ"),
        ("   ", ""),
        ("", ""),
        (None, None),
    ],
)
def test_a_text_has_one_form(text: str | None, normal: str | None) -> None:
    for before, after in (([], []), (["x", None], ["", "y"]), (["ü"], ["ü", "x y"])):
        array = pa.array([*before, text, *after], pa.string())
        assert normalized(array) == [*before, normal, *after]
        assert normalized(array.slice(len(before))) == [normal, *after]


def normalized(array: pa.Array) -> list[Any]:
    none: Any = None
    batch = pa.record_batch({"a": array})
    rows = Rows(batch, np.arange(len(array)), none, Rejects(""), len(array))
    Normalize(None).apply(rows)
    return rows.batch.column("a").to_pylist()


def test_only_the_domain_of_an_email_loses_its_capitals(job: RunJob) -> None:
    source = USER + "1,Jane.DOE@Example.COM,Jane DOE,2024-01-01T00:00:00Z\n"
    (row,) = job(source, "user", transformations=["normalize"]).rows
    assert (row["email"], row["name"]) == ("Jane.DOE@example.com", "Jane DOE")


def test_moments_are_in_utc(job: RunJob) -> None:
    source = USER + "1,a@b.co,n,2024-03-01T01:30:00.25+05:30\n"
    ended = job(source, "user", transformations=["normalize"])
    assert ended.rows[0]["created_at"].isoformat() == "2024-02-29T20:00:00.250000+00:00"
    assert pq.read_schema(ended.staged).field("created_at").type == pa.timestamp("us", "UTC")


def test_lists_and_structs_are_normal_within(job: RunJob) -> None:
    source = 'strings,struct,union\n a  b |c,"{""x"":1,""y"":"" z ""}"," u "\n'
    (row,) = job(source, "kinds", transformations=["normalize"]).rows
    assert row["strings"] == ["a b", "c"]
    assert row["struct"] == {"x": 1, "y": "z"}
    assert row["union"] == '" u "', "JSON text is not touched"


def test_the_first_of_equal_keys_stays(job: RunJob) -> None:
    lines = [f"{n % 7 + 1},n{n}\n" for n in range(40)]
    for chunk_bytes, threads in ((5, 3), (64, 1), (10_000, 2)):
        ended = job(
            "id,name\n" + "".join(lines),
            transformations=["deduplicate"],
            chunk_bytes=chunk_bytes,
            threads=threads,
        )
        assert ended.counts == {"read": 40, "written": 7, "deduplicated": 33}
        assert [row["name"] for row in ended.rows] == [f"n{n}" for n in range(7)]


def test_null_keys_never_match(job: RunJob) -> None:
    source = "a,b,note\n1,x,1\n1,x,2\n1,,3\n1,,4\n,x,5\n,x,6\n,,7\n,,8\n2,x,9\n"
    ended = job(source, "open_pair", transformations=["deduplicate"], chunk_bytes=8)
    assert [row["note"] for row in ended.rows] == ["1", "3", "4", "5", "6", "7", "8", "9"]


def test_without_a_key_the_whole_record_is_compared(job: RunJob) -> None:
    source = 'a,b\nx,y\nx,\nx,y\nx,""\nx,\n,y\n'
    ended = job(source, "letter", transformations=["deduplicate"], chunk_bytes=4)
    assert ended.rows == [
        {"a": "x", "b": "y"},
        {"a": "x", "b": None},
        {"a": "x", "b": ""},
        {"a": None, "b": "y"},
    ]
    assert ended.counts == {"read": 6, "written": 4, "deduplicated": 2}


def test_nested_values_and_moments_can_be_compared(job: RunJob) -> None:
    line = '2024-01-01T00:00:00Z,a|b,"{""x"":1}"\n'
    same = line.replace("00:00Z", "00:00+00:00")
    other = line.replace("a|b", "b|a")
    source = "moment,strings,struct\n" + line + same + other
    for mode in ("strict", "skip"):
        ended = job(source, "kinds", transformations=["deduplicate"], validation_mode=mode)
        assert [row["strings"] for row in ended.rows] == [["a", "b"], ["b", "a"]]


def test_steps_run_in_the_order_given(job: RunJob) -> None:
    source = "a,b\nx,1\n x,1\nx ,1\nx,1\n"
    for steps, left in (
        (["normalize", "deduplicate"], 1),
        (["deduplicate", "normalize"], 3),
        (["deduplicate", "normalize", "deduplicate"], 1),
        (["normalize", "normalize", "deduplicate", "deduplicate", "normalize"], 1),
    ):
        ended = job(source, "letter", transformations=steps, chunk_bytes=5, batch_size=1)
        assert ended.rows == [{"a": "x", "b": "1"}] * left
        assert ended.counts["deduplicated"] == 4 - left
        assert ended.result is not None
        told = [step["step"] for step in ended.result["steps"]]
        assert told == ["read", "cast", "validate", "convert", *steps, "write"]


def test_rejected_records_take_part_in_nothing_after(job: RunJob) -> None:
    source = "id,name\n1,waytoolong\n1,b\n1,c\n"
    ended = job(source, transformations=["deduplicate"], validation_mode="lenient")
    assert [row["name"] for row in ended.rows] == ["b"]
    assert ended.counts == {"read": 3, "written": 1, "rejected": 1, "deduplicated": 1}


def test_deduplication_holds_a_small_memory_limit(job: RunJob) -> None:
    lines = "".join(f"k{n % 60_000},v\n" for n in range(120_000))
    ended = job(
        "a,b\n" + lines,
        "letter",
        transformations=["deduplicate"],
        memory_limit=64 * 1024 * 1024,
        chunk_bytes=100_000,
    )
    assert ended.counts == {"read": 120_000, "written": 60_000, "deduplicated": 60_000}
    assert [row["a"] for row in ended.rows] == [f"k{n}" for n in range(60_000)]
