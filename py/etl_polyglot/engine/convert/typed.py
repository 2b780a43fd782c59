"""Columns that have types already → the columns of a schema."""

import pyarrow as pa
import pyarrow.types as pat

from etl_polyglot.engine.columns import check_columns
from etl_polyglot.engine.convert.arrow import column_from_arrow, target_type
from etl_polyglot.engine.convert.faults import reject_uncast
from etl_polyglot.engine.convert.json_types import show_in_json_types
from etl_polyglot.engine.errors import JobError
from etl_polyglot.engine.rows import Rows
from etl_polyglot.schema.arrow import Array, nulls
from etl_polyglot.schema.columnar.judged import Mask
from etl_polyglot.schema.record import Column, RecordSchema
from etl_polyglot.schema.validator import BatchValidator


class TypedColumns:
    """The way of typed columns to those of a schema; a null is an absent value.

    Parameters:
        found: the columns as the source has them.
        schema: what they are cast to; without it every column passes, decoded.
        source_name: what errors call the source.
        judge: says what else is wrong with a row that cannot be cast; None: nothing is said.

    Attributes:
        columns: what comes out.

    Raises:
        JobError: `COLUMNS_MISMATCH` when a column is missing, unknown, or of a type that the
            schema's cannot come from.
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
            self.columns = pa.schema([pa.field(f.name, _decoded(f.type)) for f in found])
        else:
            self.columns = _targets(schema.columns, found, source_name)

    def cast(self, rows: Rows) -> None:
        """Cast the columns of rows, and take out those in which a value cannot be cast."""
        source = rows.batch
        if self._schema is None:
            plain = [source.column(field.name).cast(field.type) for field in self.columns]
            rows.batch = pa.RecordBatch.from_arrays(plain, schema=self.columns)
            return
        arrays: list[Array] = []
        failures: list[tuple[Column, Mask]] = []
        for column, field in zip(self._schema.columns, self.columns, strict=True):
            if source.schema.get_field_index(column.name) < 0:
                arrays.append(nulls(source.num_rows, field.type))
                continue
            array, failed = column_from_arrow(column, source.column(column.name), field.type)
            arrays.append(array)
            if failed is not None:
                failures.append((column, failed))
        rows.batch = pa.RecordBatch.from_arrays(arrays, schema=self.columns)
        shown = show_in_json_types(source, (column.name for column, _ in failures))
        reject_uncast(rows, shown, failures, self._judge)


def _targets(columns: tuple[Column, ...], found: pa.Schema, source_name: str) -> pa.Schema:
    fields, problems = [], []
    for column in columns:
        at = found.get_field_index(column.name)
        target = column.text_type if at < 0 else target_type(column, found.field(at).type)
        if target is None:
            problems.append(
                f"column {column.name!r} is {found.field(at).type}, which cannot become "
                f"{column.kind}"
            )
        else:
            fields.append(pa.field(column.name, target))
    if problems:
        details = {"path": source_name, "reason": "; ".join(problems)}
        raise JobError("COLUMNS_MISMATCH", details)
    return pa.schema(fields)


def _decoded(found: pa.DataType) -> pa.DataType:
    """The plain form of a type that only encodes its values in another way."""
    if pat.is_dictionary(found):
        return _decoded(found.value_type)
    if pat.is_large_string(found) or pat.is_string_view(found):
        return pa.string()
    if pat.is_list(found) or pat.is_large_list(found) or pat.is_fixed_size_list(found):
        return pa.list_(found.value_field.with_type(_decoded(found.value_type)))
    if pat.is_struct(found):
        return pa.struct([member.with_type(_decoded(member.type)) for member in found])
    return found
