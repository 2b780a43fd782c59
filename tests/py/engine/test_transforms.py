"""What normalize and deduplicate do to rows, in any order."""

from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl_polyglot.schema.registry import SchemaRegistry

from .support import RunJob, normalized_batch

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
    return normalized_batch(pa.record_batch({"a": array}), None)["a"]


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


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("2024-01-01T01:00:00+01:00", "2024-01-01T00:00:00Z"),
        ("2024-01-01t00:00:00.000z", "2024-01-01T00:00:00Z"),
        ("2024-01-01T00:00:00.2500-00:00", "2024-01-01T00:00:00.25Z"),
        ("2024-01-01T00:00:00.1234567Z", "2024-01-01T00:00:00.123456Z"),
        ("2024-01-01T00:00:10Z", "2024-01-01T00:00:10Z"),
        ("0001-01-01T00:00:00+01:00", "0001-01-01T00:00:00+01:00"),
        ("2024-13-01T00:00:00Z", "2024-13-01T00:00:00Z"),
        ("soon", "soon"),
        (None, None),
    ],
)
def test_a_moment_that_is_still_text_has_one_form(
    schemas: SchemaRegistry, text: str | None, normal: str | None
) -> None:
    batch = pa.record_batch({"at": pa.array([text, None, text], pa.string())})
    assert normalized_batch(batch, schemas.get("instant"))["at"] == [normal, None, normal]


def test_a_time_of_day_that_is_still_text_has_one_form(schemas: SchemaRegistry) -> None:
    times = ["12:00:00+02:00", "10:00:00.00Z", "10:00:00Z", "25:00:00Z"]
    batch = pa.record_batch({"time": pa.array(times)})
    assert normalized_batch(batch, schemas.get("instant"))["time"] == ["10:00:00Z"] * 3 + times[3:]


def test_equal_moments_are_equal_keys_wherever_validation_stands(job: RunJob) -> None:
    source = (
        "at,time,n\n2024-01-01T00:00:00Z,10:00:00Z,1\n"
        "2024-01-01T01:00:00+01:00,12:00:00.0+02:00,2\n"
    )
    steps = ["normalize", "deduplicate"]
    for place in range(3):
        ended = job(source, "instant", transformations=[*steps[:place], "validate", *steps[place:]])
        assert [row["n"] for row in ended.rows] == [1], place


def test_a_name_that_begins_with_a_dollar_is_a_name_like_others(job: RunJob) -> None:
    source = "$price,$record\n a ,x\na, x\n"
    ended = job(source, "dollar", transformations=["normalize", "deduplicate"])
    assert ended.rows == [{"$price": "a", "$record": "x"}]


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
