"""`transform_batch`: the transformations of jobs, on one table in memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from etl_polyglot.engine.convert.plain import has_plain_form, plain, plain_type
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
from etl_polyglot.schema.record import Column, RecordSchema


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
        data: the table; its columns may be those of validated rows or of outputs. They come back
            in the plain types that a job reads: what lay in dictionaries, as text from
            apache-arrow does, in runs, views or large types, does so no more.
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
    described = {} if record_schema is None else {one.name: one for one in record_schema.columns}
    data = _decoded(data)
    for step in _parsed(transformations):
        data = _transformed(data, step, record_schema, described)
        if isinstance(step, Aggregation):
            described = step.described_after(described)
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


def _transformed(
    data: pa.Table,
    step: Transformation,
    schema: RecordSchema | None,
    described: Mapping[str, Column],
) -> pa.Table:
    if isinstance(step, Deduplication | Aggregation):
        return _reduced(data, step, schema, described)
    from etl_polyglot.engine.transforms.normalize import Normalize

    normalize = Normalize(schema, described)
    batches = [normalize.normal(batch) for batch in data.to_batches()]
    return pa.Table.from_batches(batches, normalize.output(data.schema))


def _reduced(
    data: pa.Table,
    step: Deduplication | Aggregation,
    schema: RecordSchema | None,
    described: Mapping[str, Column],
) -> pa.Table:
    # DuckDB comes with these, which calls that only normalise do without.
    from etl_polyglot.engine.errors import JobError
    from etl_polyglot.engine.transforms.aggregate import Aggregate
    from etl_polyglot.engine.transforms.deduplicate import Deduplicate
    from etl_polyglot.engine.transforms.table import apply_to_table

    try:
        if isinstance(step, Aggregation):
            return apply_to_table(Aggregate(step, described), data)
        return apply_to_table(Deduplicate.of(step, schema, described), data)
    except JobError as error:
        raise InvalidArgumentError("data", str(error)) from error


def _decoded(data: pa.Table) -> pa.Table:
    """The table with its columns in their plain types, but for those that have none."""
    for at, field in enumerate(data.schema):
        if has_plain_form(field.type):
            kind: Any = plain_type(field.type)
            column = pa.chunked_array([plain(one) for one in data.column(at).chunks], kind)
            data = data.set_column(at, field.with_type(kind), column)
    return data
