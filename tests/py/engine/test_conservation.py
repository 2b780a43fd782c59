"""Every record of a source is accounted for once, whatever is wrong with it and its neighbours."""

import base64
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl_polyglot.engine import chunks
from etl_polyglot.engine import job as engine_job
from etl_polyglot.engine.sources import open as opening
from etl_polyglot.engine.sources.source import SourceRequest

from .support import Ended, RunJob

MAX_RECORD = 150
HEADER = b"id,name,score,active,tags\n"
MARK = re.compile(rb"m(\d{3})")

# Each record takes its id, and a mark of its own by which it is found again.
CSV = {
    "good": b"%d,m%03d,1.5,true,a|b",
    "quoted": b'%d,"m%03d""","1",,',
    "line ends within": b'%d,"m%03d\r\n\n",,,',
    "too few fields": b"%d,m%03d",
    "too many fields": b"%d,m%03d,,,,,",
    "stray quote": b'%d,m%03d"x,,,',
    "quote after a space": b'%d, "m%03d",,,',
    "unclosed quote": b'%d,"m%03d,,,',
    "text after a quote": b'%d,"m%03d"x,,,',
    "NUL": b"%d,m%03d\0,,,",
    "no UTF-8": b"%d,m%03d\xe9,,,",
    "bare carriage return": b"%d,m%03d\r,,,",
    "bad integer": b"x%d,m%03d,,,",
    "bad values": b"%d,m%03d,nan,maybe,",
    "bad list": b'%d,m%03d,,,"[""x"""',
    "out of bounds": b"-%d,m%03d-too-long,-1,,a|b|c",
    "required value missing": b"%d,,,,m%03d",
    "too long": b"%d,m%03d" + b"x" * MAX_RECORD + b",,,",
    "too long, with line ends": b'%d,"m%03d' + b"x\n" * MAX_RECORD + b'",,,',
}
JSON = {
    "good": b'{"id":%d,"name":"m%03d","tags":["a"]}',
    "spaced": b' {"id" : %d,\t"name" : "m%03d" } ',
    "escapes": b'{"id":%d,"name":"m%03d\\\\\\""}',
    "brackets within": b'{"id":%d,"name":"m%03d]},"}',
    "no object": b'[%d,"m%03d"]',
    "no JSON": b"%d m%03d",
    "not a number": b'{"id":%d,"name":"m%03d","score":NaN}',
    "key twice": b'{"id":%d,"name":"m%03d","id":1}',
    "unknown key": b'{"id":%d,"name":"m%03d","more":[{}]}',
    "wrong types": b'{"id":"%d","name":"m%03d","score":"1"}',
    "null": b'{"id":%d,"name":null,"tags":["m%03d"]}',
    "NUL": b'{"id":%d,"name":"m%03d\0"}',
    "no UTF-8": b'{"id":%d,"name":"m%03d\xe9"}',
    "half a character": b'{"id":%d,"name":"m%03d\\ud800"}',
    "too deep": b'{"id":%d,"name":"m%03d","more":' + b"[" * 64 + b"]" * 64 + b"}",
    "out of bounds": b'{"id":-%d,"name":"m%03d-too-long","score":-1}',
    "too long": b'{"id":%d,"name":"m%03d' + b"x" * MAX_RECORD + b'"}',
}
NDJSON = {
    **JSON,
    "cut off": b'{"id":%d,"name":"m%03d',
    "closed twice": b'{"id":%d,"name":"m%03d"}}',
}

Cutting = tuple[int, int, int, int]
"""Bytes and records of a chunk, rows of a batch, threads."""

WHOLE: Cutting = (1 << 20, 65_536, 65_536, 2)
CUTTINGS = st.tuples(st.integers(1, 400), st.integers(1, 5), st.integers(1, 9), st.integers(1, 3))
IDS = st.integers(1, 40)


def records_of(kinds: dict[str, bytes]) -> st.SearchStrategy[list[bytes]]:
    chosen = st.sampled_from(sorted(kinds)) | st.just("good")
    records = st.lists(st.tuples(chosen, IDS), max_size=30)
    return records.map(
        lambda found: [kinds[kind] % (key, mark) for mark, (kind, key) in enumerate(found)]
    )


@pytest.fixture
def run(job: RunJob, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Runs a lenient job, cut in one way; returns it, its rejects' bytes and its output's hash."""

    def open_limited(source_type: str, request: SourceRequest) -> Any:
        opened = opening.open_source(source_type, request)
        if source_type not in ("csv", "json", "ndjson"):
            return opened
        return type(opened)(request, request.schema, MAX_RECORD)

    monkeypatch.setattr(engine_job, "open_source", open_limited)

    def ended(source: bytes | Path, cutting: Cutting, **params: Any) -> tuple[Ended, bytes, str]:
        chunk_bytes, chunk_records, batch_size, threads = cutting
        monkeypatch.setattr(chunks, "CHUNK_RECORDS", chunk_records)
        one = job(
            source,
            validation_mode="lenient",
            transformations=["deduplicate"],
            chunk_bytes=chunk_bytes,
            batch_size=batch_size,
            threads=threads,
            **params,
        )
        assert one.result is not None, one.error
        return one, (tmp_path / "rejects.ndjson").read_bytes(), one.result["output"]["sha256"]

    return ended


def check_alike(run: Callable[..., Any], cutting: Cutting) -> Ended:
    """Check what holds of every job; that another cutting changes no byte among it."""
    ended, *results = run(cutting=WHOLE)
    _, *others = run(cutting=cutting)
    assert others == results
    counts = {"rejected": 0, "written": 0, "deduplicated": 0, "read": 0, **ended.counts}
    indices = [reject["index"] for reject in ended.rejects]
    assert indices == sorted(indices)
    assert len(set(indices)) == counts["rejected"]
    assert len(ended.rows) == counts["written"]
    assert counts["read"] == counts["written"] + counts["rejected"] + counts["deduplicated"]
    return ended


def check_text(source: bytes, ended: Ended) -> None:
    """Check that every mark of a text is found again once, and every reject at its place."""
    raws: dict[int, bytes] = {}
    for reject in ended.rejects:
        raw = base64.b64decode(reject.get("raw_base64", "")) or reject["raw"].encode()
        start = reject["byte_offset"]
        assert source[start : start + len(raw)] == raw
        assert reject["line"] == 1 + source.count(b"\n", 0, start)
        raws[reject["index"]] = raw
    told = [MARK.findall(repr(row).encode()) for row in ended.rows]
    assert told == sorted(told)
    found = [mark for marks in [*told, *map(MARK.findall, raws.values())] for mark in marks]
    assert len(found) == len(set(found))
    lost = set(MARK.findall(source)) - set(found)
    assert len(lost) == ended.counts.get("deduplicated", 0)


with_fixtures = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@with_fixtures
@given(
    records_of(CSV),
    st.lists(st.sampled_from([b"\n", b"\r\n", b"\n\n", b"\r\n\r\n"]), min_size=30, max_size=30),
    st.booleans(),
    st.booleans(),
    CUTTINGS,
)
def test_no_csv_record_is_lost(
    run: Callable[..., Any],
    records: list[bytes],
    line_ends: list[bytes],
    marked: bool,
    open_end: bool,
    cutting: Cutting,
) -> None:
    lines = [record + end for record, end in zip(records, line_ends, strict=False)]
    source = b"\xef\xbb\xbf" * marked + HEADER + b"".join(lines)
    source = source.rstrip(b"\r\n") if open_end else source
    check_text(source, check_alike(partial(run, source), cutting))


@with_fixtures
@given(
    records_of(NDJSON),
    st.lists(st.sampled_from([b"\n", b"\r\n", b"\n \t\n"]), min_size=30, max_size=30),
    CUTTINGS,
)
def test_no_ndjson_record_is_lost(
    run: Callable[..., Any], records: list[bytes], line_ends: list[bytes], cutting: Cutting
) -> None:
    lines = [record + end for record, end in zip(records, line_ends, strict=False)]
    source = b"".join(lines) or b"\n"
    ended = check_alike(partial(run, source, source_type="ndjson"), cutting)
    check_text(source, ended)
    assert ended.counts.get("read", 0) == len(records)


@with_fixtures
@given(
    records_of(JSON),
    st.sampled_from([b",", b",\n", b"\r\n, ", b"," + b" " * MAX_RECORD + b"\n"]),
    CUTTINGS,
)
def test_no_value_of_a_json_array_is_lost(
    run: Callable[..., Any], records: list[bytes], separator: bytes, cutting: Cutting
) -> None:
    source = b"[\n" + separator.join(records) + b" ]\n"
    ended = check_alike(partial(run, source, source_type="json"), cutting)
    check_text(source, ended)
    assert ended.counts.get("read", 0) == len(records)


TYPED = st.fixed_dictionaries(
    {
        "id": st.none() | st.integers(-1, 40) | st.integers(2**53 - 1, 2**53 + 1),
        "name": st.sampled_from([None, "", "a", "long " * 3]),
        "score": st.none() | st.floats(width=32),
        "active": st.none() | st.booleans(),
        "tags": st.none() | st.lists(st.sampled_from([None, "a"]), max_size=3),
    }
)
TYPES = {
    "id": pa.int64(),
    "name": pa.string(),
    "score": pa.float64(),
    "active": pa.bool_(),
    "tags": pa.list_(pa.string()),
}


@pytest.mark.parametrize("source_type", ["parquet", "arrow"])
@with_fixtures
@given(rows=st.lists(TYPED, max_size=40), group=st.integers(1, 15), cutting=CUTTINGS)
def test_no_typed_row_is_lost(
    run: Callable[..., Any],
    tmp_path: Path,
    source_type: str,
    rows: list[dict[str, Any]],
    group: int,
    cutting: Cutting,
) -> None:
    table = pa.Table.from_pylist(rows, pa.schema(list(TYPES.items())))
    path = tmp_path / f"in.{source_type}"
    if source_type == "parquet":
        pq.write_table(table, path, row_group_size=group)
    else:
        with pa.ipc.new_file(path, table.schema) as writer:
            writer.write_table(table, max_chunksize=group)
    ended = check_alike(partial(run, path, source_type=source_type), cutting)
    unit = "row_group" if source_type == "parquet" else "block"
    assert [reject["index"] for reject in ended.rejects] == [
        reject[unit] * group + reject["row"] for reject in ended.rejects
    ]
    rejected = {reject["index"] for reject in ended.rejects}
    left = {row["id"]: row for at, row in reversed(list(enumerate(rows))) if at not in rejected}
    written = {row["id"]: row for row in ended.rows}
    assert [row["id"] for row in ended.rows] == list(dict.fromkeys(reversed(left)))
    assert {key: row["name"] for key, row in written.items()} == {
        key: row["name"] for key, row in left.items()
    }
