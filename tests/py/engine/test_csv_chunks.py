"""No verdict, value or position depends on where a CSV file is cut."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl_polyglot.engine import chunks
from etl_polyglot.engine.file import SourceFile
from etl_polyglot.engine.sources.csv import CsvSource
from etl_polyglot.engine.sources.source import SourceRequest
from etl_polyglot.engine.spool import RejectSpool
from etl_polyglot.schema.registry import SchemaRegistry

HEADER = b"a,b\n"
MAX_RECORD = 24
WHOLE = 1 << 20
QUOTE = ord('"')

Read = tuple[list[Any], list[dict[str, Any]]]

# Every byte that means something to CSV, and a few that do not; runs make quotes adjoin.
PIECES = [b"a", b"bc", b",", b",", b"\n", b"\n", b"\r\n", b"\r", b'"', b'"', b'""', b'"\n', b',"']
PIECES += [b"\xc3\xa9", b"\xe9", b"\0", b"\xef\xbb\xbf", b"x" * 10]


def read(path: Path, schemas: SchemaRegistry, chunk_bytes: int) -> Read:
    """The rows of a file with their indices, and its rejects."""
    schema = schemas.get("letter")
    rows: list[Any] = []
    rejects: list[dict[str, Any]] = []
    with SourceFile(path, path.name) as file:
        request = SourceRequest(file, schema, True, ",", ("",), chunk_bytes)
        source = CsvSource(request, schema, max_record_bytes=MAX_RECORD)
        first, end = 0, len(HEADER)
        for number, chunk in enumerate(source.chunks()):
            assert (chunk.number, chunk.start) == (number, end)
            end = chunk.end
            part = source.read(chunk)
            rows += [
                (first + record, *row.values())
                for record, row in zip(part.records.tolist(), part.batch.to_pylist(), strict=True)
            ]
            described = source.locator(source.forget(chunk))
            spool = RejectSpool(path.parent, None, frozenset())
            spool.take(part.rejects)
            for lines in spool.lines():
                texts, places = lines.texts.to_pylist(), described.describe(lines.records)
                found = zip(lines.records.tolist(), texts, places.to_pylist(), strict=True)
                for record, text, place in found:
                    reject = orjson.loads(f"{{{text}")
                    assert reject.items() >= orjson.loads(f"{{{place}}}").items()
                    rejects.append({"index": first + record, **reject})
            first += part.read
        assert end == file.size
    return rows, rejects


def by_hand(data: bytes) -> list[tuple[int, bytes, list[Any] | None]]:
    """The records of CSV text by a machine that goes byte by byte: offset, raw, fields."""
    records: list[tuple[int, bytes, list[Any] | None]] = []
    at = 0
    while at < len(data):
        start, fields, sound = at, [], True
        while True:
            begin, quoted, text = at, data[at : at + 1] == b'"', b""
            if quoted:
                at += 1
                while at < len(data) and (
                    data[at : at + 1] != b'"' or data[at + 1 : at + 2] == b'"'
                ):
                    text += data[at : at + 1]
                    at += 2 if data[at : at + 1] == b'"' else 1
                sound = at < min(len(data), start + MAX_RECORD)
                at += 1
                sound &= (
                    at >= len(data)
                    or data[at : at + 1] in (b",", b"\n")
                    or (data[at : at + 2] == b"\r\n")
                )
            while sound and at < len(data) and data[at : at + 1] not in (b",", b"\n"):
                if data[at : at + 2] == b"\r\n":
                    at += 1
                    break
                sound = data[at : at + 1] != b'"'
                text += data[at : at + 1]
                at += 1
            if not sound:
                end = data.find(b"\n", begin)
                at = len(data) if end < 0 else end
                break
            ended = data[at : at + 1] == b"\n"
            fields.append((text, quoted))
            if at >= len(data) or ended:
                break
            at += 1
        raw = data[start:at].removesuffix(b"\r") if at < len(data) else data[start:]
        at += 1
        sound &= len(raw) <= MAX_RECORD and len(fields) == 2 and b"\0" not in raw
        sound &= all(quoted or b"\r" not in text for text, quoted in fields)
        if raw:
            records.append((start, raw, fields if sound else None))
    return records


def expected(data: bytes) -> tuple[list[Any], list[tuple[int, int, int]]]:
    rows, rejects = [], []
    for index, (offset, raw, fields) in enumerate(by_hand(data)):
        try:
            values = None if fields is None else [(text.decode(), q) for text, q in fields]
        except UnicodeDecodeError:
            values = None
        if values is None:
            rejects.append((index, 2 + data.count(b"\n", 0, offset), len(HEADER) + offset, raw))
        else:
            rows.append((index, *(text if text or q else None for text, q in values)))
    return rows, rejects


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.sampled_from(PIECES), max_size=30).map(b"".join),
    st.integers(1, 40),
    st.integers(1, 4),
)
def test_any_text_reads_alike_in_chunks_of_any_size(
    tmp_path: Path, schemas: SchemaRegistry, data: bytes, chunk_bytes: int, chunk_records: int
) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(HEADER + data)
    rows, rejects = read(path, schemas, WHOLE)
    assert read(path, schemas, chunk_bytes) == (rows, rejects)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "CHUNK_RECORDS", chunk_records)
        assert read(path, schemas, WHOLE) == (rows, rejects)
    hand_rows, hand_rejects = expected(data)
    assert rows == hand_rows
    assert [(r["index"], r["line"], r["byte_offset"]) for r in rejects] == [
        reject[:3] for reject in hand_rejects
    ]
    assert [r.get("raw") for r in rejects if "raw" in r] == [
        raw.decode() for *_, raw in hand_rejects if _is_utf8(raw)
    ]


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


@pytest.mark.parametrize("chunk_bytes", [1, 10, 100, WHOLE])
def test_a_record_beyond_the_limit_is_rejected_with_its_beginning(
    tmp_path: Path, schemas: SchemaRegistry, chunk_bytes: int
) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(HEADER + b"1,a\n2," + b"b" * 200_000 + b"\n3,c\n")
    rows, rejects = read(path, schemas, chunk_bytes)
    assert rows == [(0, "1", "a"), (2, "3", "c")]
    (reject,) = rejects
    assert (reject["line"], reject["byte_offset"], reject["expected"]) == (3, 8, "at most 24 bytes")
    assert (reject["raw"], reject["raw_truncated"]) == ("2," + "b" * (65_536 - 2), True)


@pytest.mark.parametrize("chunk_bytes", [1, WHOLE])
def test_the_lines_within_a_record_beyond_the_limit_are_counted(
    tmp_path: Path, schemas: SchemaRegistry, chunk_bytes: int
) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(HEADER + b'"1\n\n2",' + b"b" * 100 + b"\n3\n")
    rejects = read(path, schemas, chunk_bytes)[1]
    assert [(r["index"], r["line"]) for r in rejects] == [(0, 2), (1, 5)]


def test_an_unclosed_quote_at_the_end_is_one_reject(
    tmp_path: Path, schemas: SchemaRegistry
) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(HEADER + b'1,a\n2,"b\n3,c\n')
    rows, (reject,) = read(path, schemas, 4)
    assert rows == [(0, "1", "a"), (2, "3", "c")]
    assert (reject["line"], reject["raw"]) == (3, '2,"b')
