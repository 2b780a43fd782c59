"""A broken CSV record is rejected with its line, byte offset and raw text, and no other is."""

from typing import Any

import pytest

from .support import RunJob

HEADER = "id,name,score,active,tags\n"


def where(reject: dict[str, Any]) -> tuple[Any, ...]:
    raw = reject.get("raw", reject.get("raw_base64"))
    return reject["index"], reject["line"], reject["byte_offset"], raw, reject["stage"]


def test_a_reject_says_everything_about_its_record(job: RunJob) -> None:
    ended = job(HEADER + "1,a,,,\n2,b,x,maybe,\n", validation_mode="lenient")
    second, first = ended.rejects
    assert list(first) == [
        *("index", "path", "field", "code", "message", "keyword", "expected", "value"),
        *("source", "line", "byte_offset", "raw", "stage"),
    ]
    assert first | {"source": ""} == {
        "index": 1,
        "path": "/score",
        "field": "score",
        "code": "cannot_cast",
        "message": "cannot be read as number",
        "keyword": "cast",
        "expected": "number",
        "value": "x",
        "source": "",
        "line": 3,
        "byte_offset": 33,
        "raw": "2,b,x,maybe,",
        "stage": "cast",
    }
    assert first["source"].endswith("in.csv")
    assert (second["field"], second["value"]) == ("active", "maybe")
    assert ended.counts == {"read": 2, "written": 1, "rejected": 1}


def test_lines_and_offsets_count_quoted_line_ends_and_crlf_and_bom(job: RunJob) -> None:
    source = (
        '\ufeffid,name,score,active,tags\r\n1,"a\r\nb",,,\r\n\r\nx,"c\nd",,,\r\n2,é,,,\r\ny,z,,,'
    ).encode()
    ended = job(source, validation_mode="lenient")
    assert [where(reject) for reject in ended.rejects] == [
        (1, 5, source.index(b"x,"), 'x,"c\nd",,,', "cast"),
        (3, 8, source.index(b"y,z"), "y,z,,,", "cast"),
    ]
    assert [row["name"] for row in ended.rows] == ["a\r\nb", "é"]


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        ("2,b", "5 fields, as the header has; found 2"),
        ("2,b,,,,", "5 fields, as the header has; found 6"),
        ("2,b\0,,,", "no NUL byte"),
        ("2,b\r,,,", "no bare carriage return outside quotes"),
        ('2,b"c,,,', "quotes only around whole fields"),
        ('2,"b"c,,,', "each quote inside a quoted field doubled"),
        ('2,"b" ,,,', "each quote inside a quoted field doubled"),
        ('2, "b",,,', "quotes only around whole fields"),
        ('2,"b,,,', "each quote inside a quoted field doubled"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_broken_record_leaves_its_neighbours_alone(
    job: RunJob, broken: str, expected: str, end: str
) -> None:
    lines = [HEADER.strip(), '1,"a, ""A""",,,', broken, '3,"c\nd",,,', "4,d,,,", ""]
    ended = job(end.join(lines), validation_mode="lenient")
    (reject,) = ended.rejects
    assert (reject["stage"], reject["code"]) == ("parse", "cannot_parse")
    assert reject["expected"] == expected
    assert reject["raw"] == broken
    assert (reject["index"], reject["line"]) == (1, 3)
    assert [row["name"] for row in ended.rows] == ['a, "A"', "c\nd", "d"]


def test_a_quote_that_never_closes_takes_no_record_but_its_own(job: RunJob) -> None:
    ended = job(HEADER + '1,a,,,\n2,"b,,,\n3,c,,,\n4,d,,,\n', validation_mode="lenient")
    (reject,) = ended.rejects
    assert where(reject) == (1, 3, 33, '2,"b,,,', "parse")
    assert [row["id"] for row in ended.rows] == [1, 3, 4]


def test_bytes_that_are_no_utf8_are_kept_as_base64(job: RunJob) -> None:
    source = HEADER.encode() + b"1,\xc3\xa9,,,\n2,\xe9,,,\n3,c,,,\n"
    ended = job(source, validation_mode="lenient")
    (reject,) = ended.rejects
    assert where(reject) == (1, 3, 34, "MizpLCws", "parse")
    assert reject["expected"] == "UTF-8"
    assert "raw" not in reject
    assert [row["name"] for row in ended.rows] == ["é", "c"]


def test_a_raw_record_is_cut_between_two_characters(job: RunJob) -> None:
    ended = job(HEADER + "1," + "é" * 40_000 + ",,,\n", validation_mode="lenient")
    (reject,) = ended.rejects
    assert reject["raw_truncated"] is True
    assert reject["raw"] == "1," + "é" * (32 * 1024 - 1)
    assert reject["value"] == "é" * 200 + "…"


def test_blank_lines_are_no_records_unless_a_record_is_one_field(job: RunJob) -> None:
    ended = job("\n\nid,name\n\n1,a\n\n2,\n\n", validation_mode="lenient")
    assert ended.counts == {"read": 2, "written": 1, "rejected": 1}
    assert ended.rejects[0]["line"] == 7
    assert job("a\n\nx\n", schema="letter").rows == [{"a": None, "b": None}, {"a": "x", "b": None}]


def test_a_null_token_is_absent_only_without_quotes(job: RunJob) -> None:
    ended = job('a,b\n,""\nNA,"NA"\n', schema="letter")
    assert ended.rows == [{"a": None, "b": ""}, {"a": "NA", "b": "NA"}]
    ended = job('a,b\n,""\nNA,"NA"\n', schema="letter", source_options={"null_values": ["NA", "-"]})
    assert ended.rows == [{"a": "", "b": ""}, {"a": None, "b": "NA"}]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_detected_from_the_header(job: RunJob, delimiter: str) -> None:
    text = 'id,name,score\n1,"x,;\t|",2\n'
    quoted = text.replace(",", delimiter, 2).replace("1,", "1" + delimiter)
    ended = job(quoted.replace('",', '"' + delimiter))
    assert ended.rows[0]["name"] == "x,;\t|"
    assert ended.rows[0]["score"] == 2.0


def test_a_given_delimiter_wins(job: RunJob) -> None:
    ended = job("a:b\n1,2:3\n", schema="letter", source_options={"delimiter": ":"})
    assert ended.rows == [{"a": "1,2", "b": "3"}]


def test_all_errors_of_a_record_are_given(job: RunJob) -> None:
    ended = job(HEADER + '0,"",-1,,a|b|c\n', validation_mode="lenient")
    assert [(r["path"], r["keyword"], r["line"]) for r in ended.rejects] == [
        ("/id", "minimum", 2),
        ("/name", "minLength", 2),
        ("/score", "minimum", 2),
        ("/tags", "maxItems", 2),
    ]
    assert ended.counts == {"read": 1, "rejected": 1}


def test_a_value_that_cannot_be_cast_hides_no_other_error_of_its_record(job: RunJob) -> None:
    records = '0,,high,,a|b|c\nx,"",-1,,\n1,a,high,,\n'
    ended = job(HEADER + records, validation_mode="lenient")
    assert [(r["index"], r["path"], r["keyword"], r["stage"]) for r in ended.rejects] == [
        (0, "/id", "minimum", "cast"),
        (0, "/name", "required", "cast"),
        (0, "/score", "cast", "cast"),
        (0, "/tags", "maxItems", "cast"),
        (1, "/id", "cast", "cast"),
        (1, "/name", "minLength", "cast"),
        (1, "/score", "minimum", "cast"),
        (2, "/score", "cast", "cast"),
    ]
    assert ended.counts == {"read": 3, "rejected": 3}
    ended = job(HEADER + records, validation_mode="skip")
    assert [(r["index"], r["path"]) for r in ended.rejects] == [
        (0, "/score"),
        (1, "/id"),
        (2, "/score"),
    ]


def test_rejects_of_all_stages_come_in_the_order_of_their_records(job: RunJob) -> None:
    records = ["1,a,,,", "2,a", "x,a,no,,", "0,,,,"] * 2_000
    ended = job(HEADER + "\n".join(records), validation_mode="lenient")
    told = [(r["index"], r["raw"], r["stage"], r["path"]) for r in ended.rejects]
    expected = []
    for index, raw in enumerate(records):
        for stage, path in {
            "2,a": [("parse", "")],
            "x,a,no,,": [("cast", "/id"), ("cast", "/score")],
            "0,,,,": [("validate", "/id"), ("validate", "/name")],
        }.get(raw, []):
            expected.append((index, raw, stage, path))
    assert told == expected
    assert ended.counts == {"read": 8_000, "written": 2_000, "rejected": 6_000}


def test_a_number_that_is_refused_is_told_as_javascript_writes_it(job: RunJob) -> None:
    ended = job("id,name,score\n1,a,-1e20\n", validation_mode="lenient")
    assert [reject["value"] for reject in ended.rejects] == [-1e20]
