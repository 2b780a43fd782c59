"""Columns that have types already → the columns of a schema."""

import pyarrow as pa

from etl_polyglot.engine.columns import check_columns
from etl_polyglot.engine.convert.arrow import column_from_arrow, target_type
from etl_polyglot.engine.convert.faults import reject_uncast
from etl_polyglot.engine.convert.json_types import show_in_json_types
from etl_polyglot.engine.convert.plain import has_plain_form, plain, plain_type
from etl_polyglot.engine.errors import JobError
from etl_polyglot.engine.rows import Rows
from etl_polyglot.schema.arrow import Array, nulls
from etl_polyglot.schema.columnar.judged import Mask
from etl_polyglot.schema.record import Column, RecordSchema
from etl_polyglot.schema.validator import BatchValidator


class TypedColumns:
    """The way of typed columns to those of a schema; a null is an absent value.

    They are decoded first: what comes out has no dictionaries, runs, views or extension types.

    Parameters:
        found: the columns as the source has them.
        schema: what they are cast to; without it every column passes.
        source_name: what errors call the source.
        judge: says what else is wrong with a row that cannot be cast; None: nothing is said.

    Attributes:
        columns: what comes out.

    Raises:
        JobError: `COLUMNS_MISMATCH` when a column is missing, unknown, or of a type that the
            schema's cannot come from, or is of a union without a schema.
    """

    def __init__(
        self,
        found: pa.Schema,
        schema: RecordSchema | None,
        source_name: str,
        judge: BatchValidator | None = None,
    ) -> None:
        self._schema = schema
        self._judge = judge
        check_columns(found.names, schema, source_name)
        if schema is None:
            self.columns = _as_found(found, source_name)
        else:
            self.columns = _targets(schema.columns, found, source_name)

    def cast(self, rows: Rows) -> None:
        """Cast the columns of rows, and take out those in which a value cannot be cast."""
        count, source = rows.batch.num_rows, _decoded(rows.batch)
        if self._schema is None:
            rows.batch = pa.RecordBatch.from_arrays(source.columns, schema=self.columns)
            return
        arrays: list[Array] = []
        failures: list[tuple[Column, Mask]] = []
        for column, field in zip(self._schema.columns, self.columns, strict=True):
            if source.schema.get_field_index(column.name) < 0:
                arrays.append(nulls(count, field.type))
                continue
            array, failed = column_from_arrow(column, source.column(column.name), field.type)
            arrays.append(array)
            if failed is not None:
                failures.append((column, failed))
        rows.batch = pa.RecordBatch.from_arrays(arrays, schema=self.columns)
        shown = show_in_json_types(source, (column.name for column, _ in failures))
        reject_uncast(rows, shown, failures, self._judge)


def _as_found(found: pa.Schema, source_name: str) -> pa.Schema:
    problems = [
        f"column {one.name!r} is {one.type}, and unions are not read"
        for one in found
        if not has_plain_form(one.type)
    ]
    _refuse(problems, source_name)
    return pa.schema([pa.field(one.name, plain_type(one.type)) for one in found])


def _targets(columns: tuple[Column, ...], found: pa.Schema, source_name: str) -> pa.Schema:
    fields, problems = [], []
    for column in columns:
        at = found.get_field_index(column.name)
        target = column.text_type if at < 0 else _target(column, found.field(at).type)
        if target is None:
            problems.append(
                f"column {column.name!r} is {found.field(at).type}, which cannot become "
                f"{column.kind}"
            )
        else:
            fields.append(pa.field(column.name, target))
    _refuse(problems, source_name)
    return pa.schema(fields)


def _target(column: Column, found: pa.DataType) -> pa.DataType | None:
    return target_type(column, plain_type(found)) if has_plain_form(found) else None


def _refuse(problems: list[str], source_name: str) -> None:
    if problems:
        details = {"path": source_name, "reason": "; ".join(problems)}
        raise JobError("COLUMNS_MISMATCH", details)


def _decoded(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The columns in their plain types; of those that have none nothing is wanted."""
    arrays = [plain(one) if has_plain_form(one.type) else one for one in batch.columns]
    return pa.RecordBatch.from_arrays(arrays, batch.schema.names)
