"""Single batches take the way of a job's chunks; saved, they are what the job would have read."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from etl_polyglot.engine.batch import BatchSteps
from etl_polyglot.engine.chunks import CHUNK_RECORDS
from etl_polyglot.engine.errors import JobError
from etl_polyglot.engine.transformations import parse_transformations
from etl_polyglot.schema.registry import SchemaRegistry

from .support import RunJob

STEPS = ("normalize", "deduplicate")


def users(ids: list[int], **changes: Any) -> list[dict[str, Any]]:
    return [
        {
            "id": number,
            "email": "Ada@EXAMPLE.com",
            "name": f" Ada  {number}",
            "created_at": "2024-01-01T00:00:00Z",
            **changes,
        }
        for number in ids
    ]


def saved(path: Path, steps: BatchSteps, chunks: list[list[dict[str, Any]]]) -> Path:
    """Save what becomes of each chunk, as a pipeline does."""
    with path.open("wb") as file:
        for rows in chunks:
            taken = steps.transform([pa.RecordBatch.from_pylist(rows)], 10, validate=True)
            table = pa.Table.from_batches(taken.batches, steps.columns)
            with pa.ipc.new_stream(file, table.schema) as out:
                out.write_table(table.replace_schema_metadata({"errors": "[]"}))
    return path


def test_saved_batches_become_what_a_job_makes_of_their_rows(
    job: RunJob, schemas: SchemaRegistry, tmp_path: Path
) -> None:
    rows = users([1, 2, 0, 1, 3, 0, 2])
    whole = job(
        "\n".join(map(json.dumps, rows)),
        "user",
        "ndjson",
        validation_mode="lenient",
        transformations=STEPS,
    )
    steps = BatchSteps(schemas.get("user"), parse_transformations(STEPS))
    path = saved(tmp_path / "saved", steps, [rows[:1], rows[1:3], rows[3:]])
    pieces = job(path, "user", "saved", validation_mode="lenient", transformations=STEPS)
    assert pieces.staged.read_bytes() == whole.staged.read_bytes()
    assert whole.counts == {"read": 7, "written": 3, "rejected": 2, "deduplicated": 2}
    assert pieces.counts == {"read": 5, "written": 3, "deduplicated": 2}


def test_many_small_batches_are_read_together(
    job: RunJob, schemas: SchemaRegistry, tmp_path: Path
) -> None:
    steps = BatchSteps(schemas.get("user"), ())
    taken = steps.transform([pa.RecordBatch.from_pylist(users([1]))], 0, validate=True)
    count = CHUNK_RECORDS // 64
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, steps.columns) as out:
        out.write_batch(taken.batches[0])
    path = tmp_path / "saved"
    path.write_bytes(sink.getvalue().to_pybytes() * count)
    ended = job(path, "user", "saved", validation_mode="lenient")
    assert ended.counts == {"read": count, "written": count}


def test_errors_have_the_places_of_the_rows_as_they_came(schemas: SchemaRegistry) -> None:
    steps = BatchSteps(schemas.get("user"), parse_transformations(STEPS))
    batches = [pa.RecordBatch.from_pylist(users([1, 0])), pa.RecordBatch.from_pylist(users([0, 2]))]
    for taken in (steps.validate(batches, 10), steps.transform(batches, 10, validate=True)):
        assert (taken.rows, taken.invalid, taken.fitting) == (4, [1, 2], [])
        assert [(one["index"], one["path"]) for one in taken.errors] == [(1, "/id"), (2, "/id")]
        assert not taken.truncated
        assert sum(batch.num_rows for batch in taken.batches) == 2
    assert steps.validate(batches, 1).truncated
    assert steps.validate(batches, 2).errors == taken.errors


def test_an_instant_that_no_output_can_hold_fits_the_schema_all_the_same(
    schemas: SchemaRegistry,
) -> None:
    rows = users([1, 2], created_at="9999-12-31T23:59:59-01:00")
    taken = BatchSteps(schemas.get("user"), ()).transform(
        [pa.RecordBatch.from_pylist(rows)], 10, validate=True
    )
    assert (taken.invalid, taken.fitting) == ([0, 1], [0, 1])
    assert {one["keyword"] for one in taken.errors} == {"cast"}


def test_a_table_whose_columns_are_others_is_refused(schemas: SchemaRegistry) -> None:
    steps = BatchSteps(schemas.get("user"), ())
    with pytest.raises(JobError, match="required column 'email' is missing"):
        steps.validate([pa.RecordBatch.from_pylist([{"id": 1}])], 10)
