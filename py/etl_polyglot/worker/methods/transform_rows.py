"""`transform_rows` and `validate_table`: the first steps of a job, on the batches of a pipeline."""

import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

import orjson
import pyarrow as pa

from etl_polyglot.rules.rule_set import RuleSet
from etl_polyglot.schema.registry import SchemaNotFoundError, SchemaRegistry
from etl_polyglot.worker.calls import Call, CallError, Reply, method, schema_not_found
from etl_polyglot.worker.methods.validate_rows import errors_json

if TYPE_CHECKING:
    from etl_polyglot.engine.batch import BatchSteps, Taken

ERRORS = "etl.errors"
"""Where in an answer's schema its error records stand, as one JSON array."""


@method("transform_rows", retry=True)
def transform_rows(call: Call) -> Reply:
    """Take rows through the steps of a job up to the first that needs the whole data.

    Params: `schema`; `transformations`, all of the job's; `validate`: false when the rows are
    known to be valid; `max_errors`. The body is an Arrow IPC stream: rows that Node encoded, as
    `validate_rows` takes them, or a table with columns of its own types.

    Returns:
        `{rows, invalid_indices, fitting_indices, truncated, duration_ms}`, and the rows that stay,
        in the types of columnar outputs; in their schema, the error records of the others.
        `fitting_indices` are those of the invalid rows that fit the schema.
    """
    asked = orjson.dumps(call.params["transformations"])
    steps = _steps(call.registry, call.rules, call.params["schema"], asked)
    validate: bool = call.params["validate"]
    return _answer(
        call, steps.columns, lambda batches, most: steps.transform(batches, most, validate)
    )


@method("validate_table", retry=True)
def validate_table(call: Call) -> Reply:
    """Judge a table with columns of its own types, which are cast to those of the schema.

    Params: `schema`, `max_errors`. The body is the table as an Arrow IPC stream.

    Returns:
        What `transform_rows` returns, with the rows as they came; without them when all stay.
    """
    steps = _steps(call.registry, call.rules, call.params["schema"], b"[]")
    reply = _answer(call, None, steps.validate)
    return reply if reply.value["invalid_indices"] else Reply(reply.value)


def _answer(
    call: Call,
    columns: pa.Schema | None,
    run: "Callable[[Iterator[pa.RecordBatch], int], Taken]",
) -> Reply:
    # The engine brings DuckDB, which workers that only validate never need.
    from etl_polyglot.engine.errors import JobError

    began = time.perf_counter()
    if call.body is None:
        reason = f"{call.method} needs its rows as an Arrow IPC stream in the body"
        raise CallError("INVALID_REQUEST", reason, {"reason": reason})
    with pa.ipc.open_stream(call.body) as reader:
        try:
            taken = run(_batches(call, reader), call.params["max_errors"])
        except JobError as error:
            raise CallError(error.code, str(error), error.details) from error
        table = pa.Table.from_batches(taken.batches, columns or reader.schema)
    value = {
        "rows": taken.rows,
        "invalid_indices": taken.invalid,
        "fitting_indices": taken.fitting,
        "truncated": taken.truncated,
        "duration_ms": (time.perf_counter() - began) * 1000,
    }
    if taken.errors:
        table = table.replace_schema_metadata({ERRORS: errors_json(taken.errors)})
    return Reply(value, table)


def _batches(call: Call, reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    for batch in reader:
        if call.cancelled.is_set():
            raise CallError("CANCELLED", f"{call.method} was cancelled")
        yield batch


@lru_cache(maxsize=256)
def _steps(
    registry: SchemaRegistry, rules: RuleSet, name: str, transformations: bytes
) -> "BatchSteps":
    from etl_polyglot.engine.batch import BatchSteps
    from etl_polyglot.engine.transformations import parse_transformations

    try:
        steps = parse_transformations(orjson.loads(transformations))
        return BatchSteps(registry.get(name), steps, rules.of(name))
    except SchemaNotFoundError as error:
        raise schema_not_found(error) from error
