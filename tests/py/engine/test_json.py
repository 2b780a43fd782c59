"""JSON and NDJSON: one broken value rejects itself, and null is not missing."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl_polyglot.engine import chunks
from etl_polyglot.engine.convert import json_text
from etl_polyglot.engine.file import SourceFile
from etl_polyglot.engine.json_marks import JsonMarks
from etl_polyglot.engine.sources.json import JsonSource
from etl_polyglot.engine.sources.source import SourceRequest
from etl_polyglot.schema.registry import SchemaRegistry

from .support import RunJob

BOTH = pytest.mark.parametrize("source_type", ["json", "ndjson"])


def written(values: list[str], source_type: str) -> str:
    return "[" + ",\n".join(values) + "]" if source_type == "json" else "\n".join(values) + "\n"


@BOTH
def test_values_become_rows(job: RunJob, source_type: str) -> None:
    values = ['{"id":1,"name":"a","score":1,"tags":["x","y"]}', '{"name":"é","id":2.0}']
    ended = job(written(values, source_type), source_type=source_type)
    assert ended.rows == [
        {"id": 1, "name": "a", "score": 1.0, "active": None, "tags": ["x", "y"]},
        {"id": 2, "name": "é", "score": None, "active": None, "tags": None},
    ]


@BOTH
@pytest.mark.parametrize(
    ("value", "path", "keyword"),
    [
        ('{"id":2,"name":null}', "/name", "type"),
        ('{"id":2}', "/name", "required"),
        ('{"id":"1","name":"a"}', "/id", "type"),
        ('{"id":true,"name":"a"}', "/id", "type"),
        ('{"id":1.5,"name":"a"}', "/id", "type"),
        ('{"id":9007199254740993,"name":"a"}', "/id", "type"),
        ('{"id":2,"name":"a","score":null}', "/score", "type"),
        ('{"id":2,"name":"a","extra":1}', "/extra", "additionalProperties"),
        ('{"id":2,"name":"a","tags":[1]}', "/tags/0", "type"),
        ('{"id":2,"name":"a","tags":["x",null]}', "/tags/1", "type"),
        ("[1]", "", "type"),
        ("null", "", "type"),
        ("5", "", "type"),
    ],
)
def test_a_value_that_its_columns_cannot_hold_is_judged_as_it_is(
    job: RunJob, source_type: str, value: str, path: str, keyword: str
) -> None:
    values = ['{"id":1,"name":"a"}', value, '{"id":3,"name":"c"}']
    for steps in ([], ["normalize", "validate"], ["deduplicate", "validate"]):
        ended = job(
            written(values, source_type),
            source_type=source_type,
            validation_mode="lenient",
            transformations=steps,
        )
        assert [(r["index"], r["path"], r["keyword"], r["raw"]) for r in ended.rejects] == [
            (1, path, keyword, value)
        ]
        assert [row["id"] for row in ended.rows] == [1, 3]


@BOTH
@pytest.mark.parametrize(
    "value",
    [
        *('{"id":1,}', '{"id":1e400}', '{"id":NaN}', '{"a":"\\ud800"}', "x"),
        *('{"id":1,"name":"a","id":1}', '{"id":1,"name" : "a","name":":"}', '{"\\u0061":1,"a":2}'),
        f'{{"id":1,"name":{"[" * 64}{"]" * 64}}}',
    ],
)
def test_a_broken_value_rejects_itself_only(job: RunJob, source_type: str, value: str) -> None:
    values = ['{"id":1,"name":"a"}', value, '{"id":3,"name":"c"}']
    source = written(values, source_type)
    ended = job(source, source_type=source_type, validation_mode="lenient")
    (reject,) = ended.rejects
    assert (reject["stage"], reject["index"], reject["raw"]) == ("parse", 1, value)
    assert (reject["line"], reject["byte_offset"]) == (2, source.index(value))
    assert [row["id"] for row in ended.rows] == [1, 3]


@BOTH
def test_bytes_that_are_no_utf8_reject_their_value_only(job: RunJob, source_type: str) -> None:
    values = ['{"id":1,"name":"a"}', '{"id":2,"name":"é"}', '{"id":3,"name":"c"}']
    source = written(values, source_type).encode("latin-1")
    ended = job(source, source_type=source_type, validation_mode="lenient")
    (reject,) = ended.rejects
    assert reject["stage"] == "parse"
    assert "raw_base64" in reject
    assert ended.counts == {"read": 3, "written": 2, "rejected": 1}


@BOTH
def test_unvalidated_values_are_rejected_only_for_their_type(job: RunJob, source_type: str) -> None:
    values = ['{"id":0,"name":null,"extra":1}', '{"id":"1","score":"x"}', "5"]
    ended = job(written(values, source_type), source_type=source_type, validation_mode="skip")
    assert [
        (r["index"], r["path"], r["stage"], r["expected"], r["value"]) for r in ended.rejects
    ] == [
        (1, "/id", "cast", "integer", "1"),
        (1, "/score", "cast", "number", "x"),
        (2, "", "cast", "object", 5),
    ]
    assert [row["id"] for row in ended.rows] == [0]


def test_nullable_members_may_be_null_and_missing(job: RunJob) -> None:
    ended = job('[{"nullable":null},{}]', "kinds", "json")
    assert ended.counts == {"read": 2, "written": 2}


def test_unions_and_nested_values_keep_their_meaning(job: RunJob) -> None:
    source = '{"union":5,"struct":{"x":1},"integers":[1,2.0]}\n{"union":"5"}\n{"union":false}\n'
    ended = job(source, "kinds", "ndjson")
    assert [row["union"] for row in ended.rows] == ["5", '"5"', "false"]
    assert ended.rows[0]["struct"] == {"x": 1, "y": None}
    assert ended.rows[0]["integers"] == [1, 2]


def test_blank_lines_are_no_records(job: RunJob) -> None:
    ended = job(
        '\ufeff\n{"id":1,"name":"a"}\r\n \t\r\n\n{"id":"x"}', "item", "ndjson", max_errors=9
    )
    assert ended.counts == {"read": 2, "rejected": 1}
    assert [r["line"] for r in ended.rejects] == [5, 5]


@pytest.mark.parametrize("source", ["[]", " [ ] \n", "\ufeff[\n]"])
def test_an_array_without_values_succeeds(job: RunJob, source: str) -> None:
    assert job(source, source_type="json").counts == {}


@pytest.mark.parametrize(
    "source",
    [
        "{}",
        "5",
        '"[]"',
        "x",
        "[",
        '[{"id":1',
        "[1",
        '["',
        "[1]]",
        "[1] x",
        "[1}",
        '[{"a":1]',
        "[[1]",
    ],
)
def test_what_is_no_array_is_corrupt(job: RunJob, source: str) -> None:
    ended = job(source, source_type="json")
    assert ended.code == "INPUT_CORRUPT"
    assert ended.error is not None
    assert ended.error.details["format"] == "JSON"


def test_an_empty_place_in_an_array_is_a_broken_value(job: RunJob) -> None:
    for source in ('[{"id":1,"name":"a"},,{"id":2,"name":"b"}]', '[{"id":1,"name":"a"},\n]'):
        for chunk_bytes in (1, 1000):
            ended = job(
                source, source_type="json", validation_mode="lenient", chunk_bytes=chunk_bytes
            )
            assert [(r["index"], r["raw"]) for r in ended.rejects] == [(1, "")]


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text('a"\\,[]{}\n é', max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("a,]", max_size=2), inner),
    max_leaves=6,
)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(VALUES, max_size=8),
    st.sampled_from([None, 1]),
    st.booleans(),
    st.integers(1, 60),
    st.integers(1, 4),
)
def test_an_array_is_cut_only_between_its_values(
    tmp_path: Path,
    schemas: SchemaRegistry,
    values: list[Any],
    indent: int | None,
    ascii_only: bool,
    chunk_bytes: int,
    chunk_records: int,
) -> None:
    path = tmp_path / "in.json"
    path.write_text(json.dumps(values, indent=indent, ensure_ascii=ascii_only), "utf-8")
    with SourceFile(path, path.name) as file, pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "CHUNK_RECORDS", chunk_records)
        schema = schemas.get("item")
        source = JsonSource(SourceRequest(file, schema, True, None, (), chunk_bytes), schema)
        found = []
        for chunk in source.chunks():
            records = source.find_records(chunk)
            assert len(records) <= chunk_records
            for start, end in zip(records.starts, records.ends, strict=True):
                found.append(json.loads(chunk.data[start:end]))
    assert found == values


@BOTH
def test_null_and_absent_are_different_within_a_value(job: RunJob, source_type: str) -> None:
    values = ['{"id":1,"parts":[{"size":null},{}]}', '{"id":2,"parts":[{},{"size":3}]}']
    values += ['{"id":3,"parts":[{}]}', '{"id":4,"parts":[{"size":null},{"size":null}]}']
    asked = {"source_type": source_type, "schema": "nullable_within"}
    ended = job(written(values, source_type), validation_mode="lenient", **asked)
    sizes = [[part["size"] for part in row["parts"]] for row in ended.rows]
    assert sizes == [[None, None], [None, 3]]
    assert [(r["index"], r["keyword"]) for r in ended.rejects] == [
        (2, "contains"),
        (3, "uniqueItems"),
    ]
    unjudged = job(written(values, source_type), validation_mode="skip", **asked)
    assert [row["id"] for row in unjudged.rows] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ('{"id":1}', "line 1, byte 0"),
        ("\n\n 5", "line 3, byte 3"),
        ("[\n1,\n2 ] x", "line 3, byte 9"),
        ("[1,\n2]\n]", "line 3, byte 7"),
        ("[1,\n{}}\n]", "line 2, byte 6"),
        ("[1,\n 2,\n", "line 3, byte 8"),
        ('[{"a":1},\n {"a":[2},\n {"a":3}]', "line 2, byte 11"),
        ('[{"a":"1"},\n\n {"a":"2},\n {"a":"3"}]', "line 3, byte 14"),
    ],
)
def test_where_an_array_is_broken_is_told(job: RunJob, source: str, place: str) -> None:
    for chunk_bytes in (1, 8, 1000):
        ended = job(source, source_type="json", chunk_bytes=chunk_bytes, validation_mode="lenient")
        assert ended.code == "INPUT_CORRUPT"
        assert f"({place})" in str(ended.error)


def test_an_object_is_no_array_but_may_be_ndjson(job: RunJob) -> None:
    ended = job('{"id":1,"name":"a"}\n{"id":2,"name":"b"}\n', source_type="json")
    assert "objects one a line are read as ndjson" in str(ended.error)


@pytest.mark.parametrize("chunk_bytes", [1, 100, 1_000_000])
def test_a_value_beyond_the_limit_is_rejected_alone(
    tmp_path: Path, schemas: SchemaRegistry, chunk_bytes: int
) -> None:
    path, schema = tmp_path / "in.json", schemas.get("item")
    long = '{"id":2,"name":"[' + 'x\\"\\\\,]' * 20_000 + '"}'
    values = ['{"id":1}', "\n" * 300 + long + "\n ", " " * 300 + '{"id":3}\n', long, '\n{"id":5}']
    path.write_text(f"[{','.join(values)}]\n")
    text, found, broken = path.read_text(), [], []
    with SourceFile(path, path.name) as file:
        request = SourceRequest(file, schema, True, None, (), chunk_bytes)
        source = JsonSource(request, schema, max_record_bytes=200)
        for chunk in source.chunks():
            rows = source.read(chunk)
            found += rows.batch.column("id").to_pylist()
            records = np.array(sorted(rows.rejects.records), np.int64)
            described = source.locator(source.forget(chunk)).describe(records).to_pylist()
            places = [json.loads(f"{{{place}}}") for place in described]
            broken += [(place["line"], place["byte_offset"], place["raw"]) for place in places]
    first, second = text.index(long), text.rindex(long)
    assert found == [1, 3, 5]
    assert broken == [
        (1 + text.count("\n", 0, at), at, long[: 64 * 1024]) for at in (first, second)
    ]


@BOTH
def test_a_record_has_a_bounded_number_of_values(
    job: RunJob, monkeypatch: pytest.MonkeyPatch, source_type: str
) -> None:
    monkeypatch.setattr(json_text, "MAX_VALUES", 1000)
    many = f'{{"id":2,"name":"a","tags":[{"1," * 2000}1]}}'
    text = f'{{"id":3,"name":"{"," * 4000}"}}'
    values = ['{"id":1,"name":"a"}', many, text]
    ended = job(written(values, source_type), source_type=source_type, validation_mode="lenient")
    assert [(r["index"], r["stage"], r["expected"]) for r in ended.rejects] == [
        (1, "parse", "JSON; at most 1000 values"),
        (2, "validate", 8),
    ]
    assert [row["id"] for row in ended.rows] == [1]


MARKED = st.text('a"\\[]{},é ', max_size=40).map(str.encode)


@given(MARKED, st.integers(1, 7))
def test_marks_do_not_depend_on_how_a_text_is_cut(text: bytes, size: int) -> None:
    whole, parts = JsonMarks().feed(text), JsonMarks()
    found = [(at, parts.feed(text[at : at + size])) for at in range(0, len(text), size)]
    places = [place + at for at, part in found for place in part.places.tolist()]
    depths = [depth for _, part in found for depth in part.depths.tolist()]
    assert (places, depths) == (whole.places.tolist(), whole.depths.tolist())
