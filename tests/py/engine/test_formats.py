"""Every format in and out: the same records give the same files, which others read alike."""

import csv
import hashlib
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from .everything import COLUMNS, ODD, RECORDS, typed_rows
from .support import RunJob

FORMATS = ("csv", "ndjson", "json", "parquet", "arrow", "arrows")
"""By extension; the last two are the file and the stream of one format."""

EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)

Convert = Callable[[Path, str], Path]


def type_of(extension: str) -> str:
    return extension.removesuffix("s") if extension.startswith("arrow") else extension


def by_others(extension: str, records: list[dict[str, Any]], rows: list[dict[str, Any]]) -> bytes:
    """The records as a program that is not ours may write them."""
    match extension:
        case "csv":
            table = [COLUMNS.names, *([one.get(name) for name in COLUMNS.names] for one in records)]
            return "".join(",".join(map(csv_field, line)) + "\r\n" for line in table).encode()
        case "json":
            return json.dumps(records, indent=1).encode()
        case "ndjson":
            return "".join(json.dumps(one) + "\n" for one in records).encode()
    table = pa.Table.from_pylist(rows, COLUMNS)
    sink = pa.BufferOutputStream()
    if extension == "parquet":
        pq.write_table(table, sink, row_group_size=3)
    else:
        new = pa.ipc.new_stream if extension == "arrows" else pa.ipc.new_file
        with new(sink, table.schema) as writer:
            writer.write_table(table, max_chunksize=3)
    return sink.getvalue().to_pybytes()


def csv_field(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value)
    return '"' + text.replace('"', '""') + '"' if isinstance(value, str | list | dict) else text


@pytest.fixture
def convert(job: RunJob) -> Convert:
    """Runs a job from a file to a target with an extension, and gives the staged file."""

    def run(source: Path, extension: str) -> Path:
        ended = job(
            source,
            "everything",
            type_of(source.suffix[1:]),
            target_type=type_of(extension),
            target_name=f"data/out.{extension}",
        )
        assert (ended.error, ended.rejects) == (None, [])
        assert ended.result is not None
        output, data = ended.result["output"], ended.staged.read_bytes()
        assert output["bytes"] == len(data)
        assert output["sha256"] == hashlib.sha256(data).hexdigest()
        return ended.staged.rename(ended.staged.with_suffix(f".{extension}"))

    return run


@pytest.fixture
def outputs(convert: Convert, tmp_path: Path) -> dict[str, Path]:
    """The records in every format, as our engine writes them."""
    source = tmp_path / "records.ndjson"
    source.write_bytes(by_others("ndjson", RECORDS, []))
    return {extension: convert(source, extension) for extension in FORMATS}


def test_every_source_format_gives_the_same_bytes_in_every_target_format(
    convert: Convert, outputs: dict[str, Path], tmp_path: Path
) -> None:
    for source_format in FORMATS:
        foreign = tmp_path / f"foreign.{source_format}"
        foreign.write_bytes(by_others(source_format, RECORDS, typed_rows()))
        for source in (foreign, outputs[source_format]):
            for target_format, expected in outputs.items():
                found = convert(source, target_format).read_bytes()
                assert found == expected.read_bytes(), (source, target_format)


def test_json_outputs_have_the_values_as_the_schema_has_them(outputs: dict[str, Path]) -> None:
    lines = outputs["ndjson"].read_text("utf-8").split("\n")
    assert lines.pop() == ""
    for found in ([json.loads(line) for line in lines], json.loads(outputs["json"].read_bytes())):
        # As text, for -0.0 is equal to 0.0, and members have an order.
        assert list(map(json.dumps, found)) == list(map(json.dumps, RECORDS))


def test_csv_outputs_are_read_alike_by_others(outputs: dict[str, Path]) -> None:
    expected = [[record.get(name) for name in COLUMNS.names] for record in RECORDS]
    text = outputs["csv"].read_bytes().decode()
    header, *lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert header == COLUMNS.names
    options = "header = true, all_varchar = true, allow_quoted_nulls = false, strict_mode = true"
    relation = duckdb.sql(f"FROM read_csv('{outputs['csv']}', {options})")
    assert relation.columns == COLUMNS.names
    for found in (lines, relation.fetchall()):
        for row, wanted in zip(found, expected, strict=True):
            assert list(map(shown, row, wanted)) == list(map(repr, wanted))
    kinds = [[field is None for field in row] for row in relation.fetchall()]
    assert kinds == [[value is None for value in row] for row in expected]


def shown(field: str | None, wanted: Any) -> str:
    """A field, read by the type of the value that it should be, as Python shows it."""
    if isinstance(wanted, str) or field in (None, ""):
        return repr(field or wanted)
    return repr(json.loads(field or ""))


def test_absent_values_and_empty_strings_differ_in_csv(job: RunJob) -> None:
    ended = job('{"a":""}\n{"b":"x"}\n', "letter", "ndjson", target_type="csv")
    assert ended.staged.read_text() == 'a,b\n"",\n,x\n'


def test_only_fields_that_need_quotes_have_them_in_csv(job: RunJob) -> None:
    source = [{"a": "x y|;'", "b": "a,b"}, {"a": 'say "x"', "b": "\r"}, {"a": "#", "b": " "}]
    text = "".join(map(json.dumps, source))
    ended = job(text.replace("}{", "}\n{"), "letter", "ndjson", target_type="csv")
    assert ended.staged.read_bytes() == b'a,b\nx y|;\',"a,b"\n"say ""x""","\r"\n#, \n'


@pytest.mark.parametrize("extension", ["parquet", "arrow", "arrows"])
def test_typed_outputs_are_read_alike_by_polars(outputs: dict[str, Path], extension: str) -> None:
    polars = pytest.importorskip("polars")
    read = {
        "parquet": polars.read_parquet,
        "arrow": polars.read_ipc,
        "arrows": polars.read_ipc_stream,
    }[extension]
    found = repr(read(outputs[extension]).to_dicts())
    assert found.replace("zoneinfo.ZoneInfo(key='UTC')", repr(UTC)) == repr(typed_rows())


def test_parquet_outputs_are_read_alike_by_duckdb(outputs: dict[str, Path]) -> None:
    quoted = ODD.replace('"', '""')
    found = duckdb.sql(f"""
        SELECT id, maybe, text, number, boolean, small, signed, unsigned, amount, fine, price,
            epoch_us(moment), day, time, texts, numbers, days, place, either, "{quoted}"
        FROM '{outputs["parquet"]}'
    """).fetchall()
    wanted = [
        [
            (value - EPOCH) // MICROSECOND if isinstance(value, datetime) else value
            for name, value in row.items()
            if name != "lines"
        ]
        for row in typed_rows()
    ]
    assert [list(map(repr, row)) for row in found] == [list(map(repr, row)) for row in wanted]


@pytest.mark.parametrize("extension", FORMATS)
def test_no_rows_give_an_empty_file_of_the_format(
    convert: Convert, tmp_path: Path, extension: str
) -> None:
    source = tmp_path / "none.json"
    source.write_text("[]")
    target = convert(source, extension)
    match extension:
        case "csv":
            assert next(csv.reader(target.read_text().splitlines())) == COLUMNS.names
        case "json":
            assert json.loads(target.read_text()) == []
        case "ndjson":
            assert target.read_bytes() == b""
            return  # which is an EMPTY_SOURCE
    assert convert(target, "json").read_text() == "[\n]\n"


@pytest.mark.parametrize("extension", FORMATS)
def test_batches_and_chunks_do_not_show_in_the_bytes(
    job: RunJob, tmp_path: Path, extension: str
) -> None:
    records = [record | {"id": at} for at, record in enumerate(RECORDS * 40)]
    (tmp_path / "many.ndjson").write_bytes(by_others("ndjson", records, []))
    found = set()
    for batch_size, chunk_bytes, threads in ((65_536, None, 1), (7, 3_000, 2), (100, 50_000, 3)):
        ended = job(
            tmp_path / "many.ndjson",
            "everything",
            "ndjson",
            target_type=type_of(extension),
            target_name=f"out.{extension}",
            batch_size=batch_size,
            chunk_bytes=chunk_bytes,
            threads=threads,
            transformations=["deduplicate"],
        )
        assert ended.result is not None
        found.add(ended.result["output"]["sha256"])
    assert len(found) == 1


@pytest.mark.parametrize("extension", FORMATS)
def test_a_job_that_fails_leaves_no_staged_file(
    job: RunJob, tmp_path: Path, extension: str
) -> None:
    (tmp_path / "bad.ndjson").write_bytes(by_others("ndjson", [*RECORDS, {"id": "no"}], []))
    kind = {"target_type": type_of(extension), "target_name": f"out.{extension}"}
    ended = job(tmp_path / "bad.ndjson", "everything", "ndjson", **kind)
    assert ended.code == "VALIDATION_FAILED"
    assert not list(tmp_path.glob("out-*"))
    full = job(tmp_path / "bad.ndjson", "everything", "ndjson", cancelled=lambda: True, **kind)
    assert full.code == "CANCELLED"
    assert not list(tmp_path.glob("out-*"))
