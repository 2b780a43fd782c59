"""Normalisation: one form for values that mean the same."""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.types as pat

from etl_polyglot.engine.nested import lengths_of, list_array, struct_array
from etl_polyglot.engine.rows import Names, Rows
from etl_polyglot.engine.transforms.normal_text import normal_text
from etl_polyglot.schema.arrow import Array, as_type
from etl_polyglot.schema.record import Column, RecordSchema
from etl_polyglot.schema.validator import SET_ASIDE


class Normalize:
    """Unicode NFC, no white space around, single spaces within, domains of `email` fields in
    lower case, instants and times of day in UTC; of a string more or less where its schema has
    `x-normalize`.

    A date-time or time that is still text becomes the text of the same microsecond in UTC that
    has no zeros at its end; what is no date-time or time stays as it is. It reaches into lists
    and structs, but not into JSON text.

    Parameters:
        schema: says which columns are `email`, which hold JSON text, and which forms they ask
            for; None: none of it.
        described: the columns of the schema whose values stand in the rows, by the rows' own
            names; None: all.
    """

    name = "normalize"

    def __init__(
        self, schema: RecordSchema | None, described: Mapping[str, Column] | None = None
    ) -> None:
        self._aside = None if schema is None else SET_ASIDE
        columns = () if schema is None else schema.columns
        named = {column.name: column for column in columns}
        self._columns: Mapping[str, Column] = named if described is None else described

    def output(self, columns: pa.Schema) -> pa.Schema:
        """The same columns, but instants in UTC."""
        return pa.schema([pa.field(f.name, _in_utc(f.type)) for f in columns])

    def needs(self, wanted: Names) -> Names:
        """What is wanted: every column is normalised by itself."""
        return wanted

    def apply(self, rows: Rows) -> None:
        """Normalise every column that is the source's."""
        rows.batch = self.normal(rows.batch)

    def normal(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return the batch with every column that is the source's in its normal form."""
        arrays = [
            array if field.name == self._aside else _normal(array, self._columns.get(field.name))
            for field, array in zip(batch.schema, batch.columns, strict=True)
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=self.output(batch.schema))


def _in_utc(found: pa.DataType) -> pa.DataType:
    if pat.is_timestamp(found) and found.tz is not None:
        return pa.timestamp(found.unit, "UTC")
    if pat.is_list(found):
        return pa.list_(found.value_field.with_type(_in_utc(found.value_type)))
    if pat.is_struct(found):
        return pa.struct([member.with_type(_in_utc(member.type)) for member in found])
    return found


def _normal(array: Array, column: Column | None) -> Array:
    if column is not None and column.kind == "json":
        return array
    if pat.is_string(array.type):
        return normal_text(array, column)
    if pat.is_list(array.type):
        items = _normal(array.flatten(), None if column is None else column.item)
        return list_array(lengths_of(array), items, _in_utc(array.type), array.is_null())
    if pat.is_struct(array.type):
        members = column.fields if column is not None else (None,) * array.type.num_fields
        fields = [_normal(one, of) for one, of in zip(array.flatten(), members, strict=True)]
        return struct_array(fields, _in_utc(array.type), array.is_null())
    return as_type(array, _in_utc(array.type))
