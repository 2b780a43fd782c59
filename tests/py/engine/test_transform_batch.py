"""`transform_batch` makes of a table what a job makes of a file with it."""

import threading
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pytest

from etl_polyglot.functions.context import FunctionContext
from etl_polyglot.functions.function_set import FunctionSet
from etl_polyglot.functions.parameters import Given
from etl_polyglot.schema.registry import SchemaRegistry

from .support import RunJob

IDS = [UUID(int=1).bytes, UUID(int=2).bytes, UUID(int=1).bytes, None]
ENCODED = pa.table(
    {
        "id": pa.array(IDS, pa.uuid()),
        "view": pa.array(["a  b", "c", "a b", None], pa.string_view()),
        "bytes": pa.array([b"x", b"y", b"x", None], pa.binary_view()),
        "large": pa.array([["a "], [], ["a"], None], pa.large_list(pa.large_string())),
        "word": pa.array(["x", "y", "x", None]).dictionary_encode(),
    }
)
OBJECTS = pa.table({"o": ['{"a":1,"b":[2]}', '{"b":[2.0],"a":1.0}', '{"a":2}', None]})
STRINGS = pa.table({"boolean": [True, False], "string": ["1", "1.0"]})


def aggregate(group_by: str, *asked: tuple[str, str, str]) -> dict[str, Any]:
    aggregates = [dict(zip(("name", "function", "column"), one, strict=True)) for one in asked]
    return {"type": "aggregate", "group_by": [group_by], "aggregates": aggregates}


def by_function(table: pa.Table, schema: str | None, steps: Any, schemas: SchemaRegistry) -> Any:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    context = FunctionContext(schemas, lambda event: None, threading.Event())
    values = {"transformations": steps} | ({} if schema is None else {"schema": schema})
    call = Given(context, values, {"data": sink.getvalue()})
    return FunctionSet().get("transform_batch").call(call)


def by_job(job: RunJob, source: Path, schema: str | None, steps: Any) -> pa.Table:
    mode = "strict" if schema else "skip"
    ended = job(
        source,
        schema,
        "arrow",
        target_type="arrow",
        validation_mode=mode,
        transformations=steps,
    )
    assert ended.error is None
    return pa.ipc.open_file(str(ended.staged)).read_all()


@pytest.mark.parametrize(
    ("table", "schema", "steps"),
    [
        (ENCODED, None, ["normalize", "deduplicate"]),
        (ENCODED, None, [aggregate("id", ("view", "last", "view"), ("n", "count", "bytes"))]),
        (
            ENCODED,
            None,
            ["normalize", aggregate("large", ("word", "max", "word"), ("b", "max", "bytes"))],
        ),
        (OBJECTS, "open_object", ["normalize", "deduplicate"]),
        (OBJECTS, "open_object", [aggregate("o", ("n", "count_distinct", "o"))]),
        # Its union holds strings of another column, which are no JSON.
        (
            STRINGS,
            "kinds",
            [
                aggregate("boolean", ("union", "first", "string")),
                {"type": "deduplicate", "key": ["union"]},
            ],
        ),
    ],
)
def test_a_table_is_transformed_as_a_job_transforms_a_file(
    job: RunJob,
    schemas: SchemaRegistry,
    tmp_path: Path,
    table: pa.Table,
    schema: str | None,
    steps: list[Any],
) -> None:
    source = tmp_path / "in.arrow"
    with pa.ipc.new_file(str(source), table.schema) as writer:
        writer.write_table(table)
    found = by_function(table, schema, steps, schemas)
    assert found.equals(by_job(job, source, schema, steps))
    assert found.num_rows < table.num_rows or table is STRINGS
