"""`transform_batch`: the transformations of jobs, on one table in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.types as pat

from etl_polyglot.functions.context import FunctionContext
from etl_polyglot.functions.errors import InvalidArgumentError
from etl_polyglot.functions.function import function
from etl_polyglot.schema.profile import did_you_mean
from etl_polyglot.schema.record import RecordSchema

Transformation = Callable[[pa.Table, RecordSchema | None], pa.Table]


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
        transformations: names, or objects `{"type": name}`, in their order: `normalize`;
            `deduplicate`, which compares the rows of this table alone.
        schema: the record schema, which says how to normalise and what the key is; without one
            text is normalised by the general rules, and whole rows are compared.

    Raises:
        InvalidArgumentError: there is no such transformation, or no column of the key.
        SchemaNotFoundError: there is no such schema.
    """
    record_schema = None if schema is None else context.registry.get(schema)
    transforms = [_transformation(step) for step in transformations]
    data = _with_plain_text(data)
    for transform in transforms:
        data = transform(data, record_schema)
    return data


def _transformation(step: str | Mapping[str, Any]) -> Transformation:
    options = {"type": step} if isinstance(step, str) else step
    name = options.get("type")
    if not isinstance(name, str) or name not in _TRANSFORMATIONS:
        known = list(_TRANSFORMATIONS)
        hint = did_you_mean(str(name), known, f"there are {', '.join(known)}")
        reason = f"there is no transformation {name}; {hint}"
        raise InvalidArgumentError("transformations", reason)
    if len(options) > 1:
        raise InvalidArgumentError("transformations", f"{name} takes nothing besides its type")
    return _TRANSFORMATIONS[name]


def _with_plain_text(data: pa.Table) -> pa.Table:
    fields = [
        field.with_type(pa.string()) if _is_text(field.type) else field for field in data.schema
    ]
    return data.cast(pa.schema(fields).with_metadata(data.schema.metadata))


def _is_text(found: pa.DataType) -> bool:
    if isinstance(found, pa.DictionaryType):
        return _is_text(found.value_type)
    return pat.is_string(found) or pat.is_large_string(found) or pat.is_string_view(found)


def _normalize(data: pa.Table, schema: RecordSchema | None) -> pa.Table:
    from etl_polyglot.engine.transforms.normalize import Normalize

    step = Normalize(schema)
    batches = [step.normal(batch) for batch in data.to_batches()]
    return pa.Table.from_batches(batches, step.output(data.schema))


def _deduplicate(data: pa.Table, schema: RecordSchema | None) -> pa.Table:
    # DuckDB comes with it, which calls that only normalise do without.
    from etl_polyglot.engine.transforms.first_of_key import first_of_key

    key = () if schema is None else schema.primary_key
    lacking = [name for name in key if name not in data.column_names]
    if lacking:
        reason = f"it has no column {', '.join(lacking)}, which is the key to deduplicate by"
        raise InvalidArgumentError("data", reason)
    stays = first_of_key(data, key)
    return data if stays.all() else data.filter(pa.array(stays))


_TRANSFORMATIONS: Mapping[str, Transformation] = {
    "normalize": _normalize,
    "deduplicate": _deduplicate,
}
