"""CSV as it is met: csv-spectrum's files, and broken ones, each fault told at its place."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from etl_polyglot.schema.registry import SchemaRegistry

from .conftest import ROOT
from .support import RunJob

SPECTRUM = ROOT / "node_modules/csv-spectrum"
FILES = ["comma_in_quotes", "empty", "empty_crlf", "escaped_quotes", "json"]
FILES += ["newlines", "newlines_crlf", "quotes_and_newlines", "simple", "simple_crlf", "utf8"]
UNSOUND = "location_coordinates"  # has quotes inside fields that are not quoted


def expected(name: str) -> list[dict[str, str]]:
    rows = json.loads((SPECTRUM / f"json/{name}.json").read_bytes())
    return rows if isinstance(rows, list) else [rows]


@pytest.fixture(scope="module")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> SchemaRegistry:
    """`item` and `letter`, and for each file of csv-spectrum one with its columns as strings."""
    folder = tmp_path_factory.mktemp("spectrum")
    for source in ("item.schema.json", "letter.schema.json"):
        (folder / source).write_bytes((Path(__file__).parent / "schemas" / source).read_bytes())
    for name in [*FILES, UNSOUND]:
        columns = {key: {"type": "string"} for key in expected(name)[0]}
        schema = {"type": "object", "properties": columns, "additionalProperties": False}
        (folder / f"{name}.schema.json").write_text(json.dumps({"title": name, **schema}))
    return SchemaRegistry.load(folder, tmp_path_factory.mktemp("cache"))


def test_every_file_of_csv_spectrum_is_read() -> None:
    assert {path.stem for path in SPECTRUM.glob("csvs/*.csv")} == {*FILES, UNSOUND}


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_csv_spectrum_gives_its_values(job: RunJob, name: str) -> None:
    for chunk_bytes in (1, 1 << 20):
        path = SPECTRUM / f"csvs/{name}.csv"
        ended = job(path, name, chunk_bytes=chunk_bytes)
        assert ended.rows == expected(name)


def test_a_file_of_csv_spectrum_with_quotes_within_plain_fields_is_refused(job: RunJob) -> None:
    path = SPECTRUM / f"csvs/{UNSOUND}.csv"
    (reject,) = job(path, UNSOUND).rejects
    assert reject["raw"].encode() == path.read_bytes().splitlines()[1]
    assert (reject["line"], reject["expected"]) == (2, "quotes only around whole fields")


FIELDS = "2 fields, as the header has; found {}"
OPEN = "a closing quote for each opening one"
WITHIN = "each quote inside a quoted field doubled"
AROUND = "quotes only around whole fields"
RETURN = "no bare carriage return outside quotes"

# What stands on the third line of a file, and what is said of it.
BROKEN: dict[str, tuple[bytes, str]] = {
    "a field too few": (b"2", FIELDS.format(1)),
    "a field too many": (b"2,b,", FIELDS.format(3)),
    "another delimiter": (b"2;b", FIELDS.format(1)),
    "only spaces": (b"   ", FIELDS.format(1)),
    "a comment": (b"# two", FIELDS.format(1)),
    "the mark of a merge conflict": (b"<<<<<<< HEAD", FIELDS.format(1)),
    "a page of HTML": (b"<h1>Bad Gateway, sorry, sorry</h1>", FIELDS.format(3)),
    "the end of a DOS file": (b"\x1a", FIELDS.format(1)),
    "a quote within": (b'2,5" nail', AROUND),
    "a quote at the end": (b'2,b"', AROUND),
    "a quote after a space": (b'2, "b"', AROUND),
    "a quote after a delimiter of another kind": (b'2;"b",c', AROUND),
    "text after a quote": (b'2,"b"c', WITHIN),
    "a space after a quote": (b'2,"b" ', WITHIN),
    "a quote that is not doubled": (b'2,"a "b" c"', WITHIN),
    "a backslash before a quote": (b'2,"a \\"b\\" c"', WITHIN),
    "a quote that does not close": (b'2,"b', OPEN),
    "a quote that does not close, in the first field": (b'"2,b', OPEN),
    "three quotes": (b'2,"""', OPEN),
    "a bare carriage return": (b"2,b\rc", RETURN),
    "a NUL": (b"2,b\0", "no NUL byte"),
    "a NUL in quotes": (b'2,"\0"', "no NUL byte"),
    "nothing but NULs": (b"\0" * 9, "no NUL byte"),
    "Latin-1": ("2,é".encode("latin-1"), "UTF-8"),
    "half of a character": (b"2,\xe2\x82", "UTF-8"),
    "a NUL of two bytes": (b"2,\xc0\x80", "UTF-8"),
    "half of a surrogate pair": (b"2,\xed\xa0\x80", "UTF-8"),
    "a character beyond Unicode": (b"2,\xf4\x90\x80\x80", "UTF-8"),
    "a byte that no text has": (b'2,"\xff"', "UTF-8"),
    "the header again": (b"id,name", "integer"),
    "a byte order mark": ("\ufeff2,b".encode(), "integer"),
    "a number in quotes with a space": (b'" 2",b', "integer"),
}


@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_line_is_told_at_its_place_and_its_neighbours_are_kept(
    job: RunJob, fault: str, end: bytes
) -> None:
    line, reason = BROKEN[fault]
    source = end.join([b"id,name", b"1,a", line, b"3,c", b"4,d", b""])
    ended = job(source, validation_mode="lenient")
    (reject,) = ended.rejects
    assert (reject["index"], reject["line"]) == (1, 3)
    assert reject["byte_offset"] == len(b"id,name" + end + b"1,a" + end)
    assert raw(reject) == line
    assert reject["expected"] == reason
    assert [(row["id"], row["name"]) for row in ended.rows] == [(1, "a"), (3, "c"), (4, "d")]


# Whole files after their header: the rejects' lines, offsets and raw text, and the ids kept.
FAULTY: dict[str, tuple[bytes, list[tuple[int, int, bytes]], list[int]]] = {
    "broken first": (b"x\n2,b\n", [(2, 8, b"x")], [2]),
    "broken last, without a line end": (b"1,a\n2", [(3, 12, b"2")], [1]),
    "cut off within quotes": (b'1,a\n2,"b', [(3, 12, b'2,"b')], [1]),
    "cut off within a character": (b"1,a\n2,\xc3", [(3, 12, b"2,\xc3")], [1]),
    "cut off after a carriage return": (b"1,a\n2,b\r", [(3, 12, b"2,b\r")], [1]),
    "nothing but broken lines": (
        b"x\n\ny,\n,,\n",
        [(2, 8, b"x"), (4, 11, b"y,"), (5, 14, b",,")],
        [],
    ),
    "a quote that closes lines later": (  # one name, too long for its schema
        b'1,a\n2,"b\n3,c\n4,d"\n5,e\n',
        [(3, 12, b'2,"b\n3,c\n4,d"')],
        [1, 5],
    ),
    "a quote that closes in another's field": (
        b'1,a\n2,"b\n3,"c"\n4,d\n',
        [(3, 12, b'2,"b')],
        [1, 3, 4],
    ),
    "two quotes that do not close": (
        b'1,a\n2,"b\n3,c\n4,"d\n5,e\n',
        [(3, 12, b'2,"b'), (5, 21, b'4,"d')],
        [1, 3, 5],
    ),
    "a fault after a record of three lines": (
        b'1,"a\n\nb"\nx,y\n3,c\n',
        [(5, 17, b"x,y")],
        [1, 3],
    ),
    "line ends of both kinds": (
        b"1,a\r\nx,b\n3,c\r\ny,d\r\n5,e\n",
        [(3, 13, b"x,b"), (5, 22, b"y,d")],
        [1, 3, 5],
    ),
    "two carriage returns before the line feed": (
        b"1,a\n2,b\r\r\n3,c\n",
        [(3, 12, b"2,b\r")],
        [1, 3],
    ),
    "every record broken in another way": (
        b'x,a\n2\n3,"c"d\n4,\xff\n5,\0\n6,f\n',
        [(2, 8, b"x,a"), (3, 12, b"2"), (4, 14, b'3,"c"d'), (5, 21, b"4,\xff"), (6, 25, b"5,\0")],
        [6],
    ),
}


@pytest.mark.parametrize("chunk_bytes", [1, 7, 1 << 20])
@pytest.mark.parametrize("fault", FAULTY)
def test_a_faulty_file_gives_its_sound_records(job: RunJob, fault: str, chunk_bytes: int) -> None:
    lines, places, kept = FAULTY[fault]
    ended = job(b"id,name\n" + lines, validation_mode="lenient", chunk_bytes=chunk_bytes)
    rejects = {reject["index"]: reject for reject in ended.rejects}
    told = [(r["line"], r["byte_offset"], raw(r)) for r in rejects.values()]
    assert told == places
    assert [row["id"] for row in ended.rows] == kept


def raw(reject: dict[str, Any]) -> bytes:
    if "raw_base64" in reject:
        return base64.b64decode(reject["raw_base64"])
    return str(reject["raw"]).encode()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
@pytest.mark.parametrize("source_type", ["csv", "json", "ndjson"])
def test_text_in_wide_characters_is_told_as_such(
    job: RunJob, encoding: str, source_type: str
) -> None:
    text = {"csv": "a,b\n1,2\n", "json": '[{"a":"1"}]', "ndjson": '{"a":"1"}\n'}[source_type]
    ended = job(text.encode(encoding), "letter", source_type, validation_mode="lenient")
    assert ended.code == "INPUT_CORRUPT"
    assert "UTF-16 or UTF-32; only UTF-8 is read" in str(ended.error)


def test_what_ends_its_lines_otherwise_is_no_csv(job: RunJob, tmp_path: Path) -> None:
    ended = job(b"id,name\r1,a\r2,b\r")
    assert ended.code == "INPUT_CORRUPT"
    assert "ended by a line feed" in str(ended.error)
