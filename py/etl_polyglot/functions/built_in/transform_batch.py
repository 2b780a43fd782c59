"""`transform_batch`: the transformations of jobs, on one table in memory."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.types as pat

from etl_polyglot.engine.transformations import (
    Aggregation,
    Deduplication,
    Transformation,
    TransformationError,
    Validation,
    parse_transformations,
)
from etl_polyglot.functions.context import FunctionContext
from etl_polyglot.functions.errors import InvalidArgumentError
from etl_polyglot.functions.function import function
from etl_polyglot.schema.record import RecordSchema


@function(retry=True)
def transform_batch(
    data: pa.Table,
    transformations: list[str | dict[str, Any]],
    schema: str | None = None,
    *,
    context: FunctionContext,
) -> pa.Table:
    """Transform a table as a job transforms its records.

    Parameters:
        data: the table; its columns may be those of validated rows or of outputs. Text comes back
            as plain strings, also where it lay in a dictionary, as apache-arrow makes of it.
        transformations: names, or objects `{"type": name, …}`, in their order: `normalize`,
            `deduplicate` and `aggregate`, with the options that they have in jobs; they see the
            rows of this table alone.
        schema: the record schema, which says how to normalise and what the key is; without one
            text is normalised by the general rules, and whole rows are compared.

    Raises:
        InvalidArgumentError: there is no such transformation, or it cannot be done to the table.
        SchemaNotFoundError: there is no such schema.
    """
    record_schema = None if schema is None else context.registry.get(schema)
    data = _with_plain_text(data)
    for step in _parsed(transformations):
        data = _transformed(data, step, record_schema)
    return data


def _parsed(transformations: list[str | dict[str, Any]]) -> tuple[Transformation, ...]:
    try:
        steps = parse_transformations(transformations)
    except TransformationError as error:
        raise InvalidArgumentError("transformations", str(error)) from error
    if Validation() in steps:
        reason = "validate is a step of jobs; call validate for the verdict on rows"
        raise InvalidArgumentError("transformations", reason)
    return steps


def _transformed(data: pa.Table, step: Transformation, schema: RecordSchema | None) -> pa.Table:
    if isinstance(step, Deduplication | Aggregation):
        return _reduced(data, step, schema)
    from etl_polyglot.engine.transforms.normalize import Normalize

    normalize = Normalize(schema)
    batches = [normalize.normal(batch) for batch in data.to_batches()]
    return pa.Table.from_batches(batches, normalize.output(data.schema))


def _reduced(
    data: pa.Table, step: Deduplication | Aggregation, schema: RecordSchema | None
) -> pa.Table:
    # DuckDB comes with these, which calls that only normalise do without.
    from etl_polyglot.engine.errors import JobError
    from etl_polyglot.engine.transforms.aggregate import Aggregate
    from etl_polyglot.engine.transforms.deduplicate import Deduplicate
    from etl_polyglot.engine.transforms.table import apply_to_table

    try:
        if isinstance(step, Aggregation):
            return apply_to_table(Aggregate(step), data)
        return apply_to_table(Deduplicate.of(step, schema), data)
    except JobError as error:
        raise InvalidArgumentError("data", str(error)) from error


def _with_plain_text(data: pa.Table) -> pa.Table:
    fields = [
        field.with_type(pa.string()) if _is_text(field.type) else field for field in data.schema
    ]
    return data.cast(pa.schema(fields).with_metadata(data.schema.metadata))


def _is_text(found: pa.DataType) -> bool:
    if isinstance(found, pa.DictionaryType):
        return _is_text(found.value_type)
    return pat.is_string(found) or pat.is_large_string(found) or pat.is_string_view(found)
