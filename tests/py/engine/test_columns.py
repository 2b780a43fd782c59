"""A source whose columns are not those of its schema is refused at once."""

import json
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl_polyglot.engine.columns import check_columns
from etl_polyglot.engine.job import JobError
from etl_polyglot.schema.registry import SchemaRegistry

from .support import RunJob


@pytest.mark.parametrize(
    ("header", "reasons"),
    [
        ("id,nmae", ["required column 'name' is missing: is it 'nmae'?"]),
        ("id,name,scroe", ["column 'scroe' is not in schema 'item': did you mean 'score'?"]),
        ("id,Name ", ["'Name ' is not in schema 'item': did you mean 'name'?"]),
        ("id,name,zzz", ["column 'zzz' is not in schema 'item'. The source has"]),
        ("id,name,id", ["column 'id' stands there 2 times"]),
        ("name", ["required column 'id' is missing", "The source has 'name'"]),
    ],
)
def test_a_header_that_does_not_fit_fails_the_job(
    job: RunJob, header: str, reasons: list[str]
) -> None:
    ended = job(header + "\n1,a\n", validation_mode="skip")
    assert ended.code == "COLUMNS_MISMATCH"
    assert ended.error is not None
    for reason in reasons:
        assert reason in ended.error.details["reason"]
    assert ended.counts == {}


def test_columns_may_stand_in_any_order_and_optional_ones_may_be_missing(job: RunJob) -> None:
    ended = job("name,id\na,1\n")
    assert ended.rows == [{"id": 1, "name": "a", "score": None, "active": None, "tags": None}]


def test_an_open_schema_lets_other_columns_be(job: RunJob) -> None:
    ended = job("x,b,a\n9,k,1\n", schema="open_pair")
    assert ended.rows == [{"a": 1, "b": "k", "note": None}]


def test_a_header_in_quotes_is_read_like_any_record(job: RunJob) -> None:
    assert job("\"id\",'name'\n".replace("'", '"') + "1,a\n").rows[0]["id"] == 1


@pytest.mark.parametrize("name", ["n" * 200_000, '"a, ""b""\nc"', '""', "'"])
def test_a_header_may_hold_any_name(job: RunJob, name: str) -> None:
    assert job(f"a,{name},b\n1,x,k\n", schema="open_pair").rows == [
        {"a": 1, "b": "k", "note": None}
    ]
    ended = job(f"a,{name}\n1,x\n", schema="letter")
    assert ended.error is not None
    told = name.strip('"').replace('""', '"')
    shown = repr(told if len(told) <= 100 else told[:100] + "…")
    assert f"column {shown} is not in schema" in ended.error.details["reason"]


@pytest.mark.alone
def test_a_wide_source_of_another_kind_is_refused_at_once(tmp_path: Path) -> None:
    columns = {f"column_{n}": {"type": "string"} for n in range(2_000)}
    document = {"title": "Wide", "type": "object", "properties": columns, "required": ["column_7"]}
    (tmp_path / "wide.schema.json").write_text(
        json.dumps(document | {"additionalProperties": False})
    )
    schema = SchemaRegistry.load(tmp_path, tmp_path / "cache").get("wide")
    names = [f"kolumne_{n}" for n in range(2_000)] * 2
    began = time.monotonic()
    with pytest.raises(JobError) as raised:
        check_columns(names, schema, "in.csv")
    assert time.monotonic() - began < 3
    reason = raised.value.details["reason"]
    assert "column 'kolumne_4' stands there 2 times … and 1995 more; required" in reason
    assert "required column 'column_7' is missing: is it 'kolumne_7'?; column" in reason
    assert "'kolumne_4' is not in schema 'wide': did you mean 'column_4'? … and 1995 more" in reason
    assert len(reason) < 3_000


@pytest.mark.parametrize("source", [b"\xff\xfei\x00d\x00", b'id,"name\n1,a\n', b"id\rname\r"])
def test_a_file_without_a_header_is_corrupt(job: RunJob, source: bytes) -> None:
    assert job(source).code == "INPUT_CORRUPT"


def test_a_header_alone_succeeds_with_typed_output(job: RunJob) -> None:
    for source in ("id,name", "id,name\n", "id,name\r\n\r\n"):
        ended = job(source)
        assert ended.counts == {}
        table = pq.read_table(ended.staged)
        assert table.num_rows == 0
        assert table.schema.field("score").type == pa.float64()
        assert pa.types.is_list(table.schema.field("tags").type)


@pytest.mark.parametrize("source_type", ["csv", "json", "ndjson", "parquet"])
def test_a_file_of_no_bytes_is_an_empty_source(job: RunJob, source_type: str) -> None:
    ended = job(b"", source_type=source_type)
    assert ended.code == "EMPTY_SOURCE"
