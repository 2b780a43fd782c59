"""Finds the columns of an answer that are columns of the call's tables, given back unchanged.

They need not be written again: Node still has them, where it wrote them for the call.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import pyarrow as pa
import pyarrow.types as pat

from etl_polyglot.functions.tables import open_table
from etl_polyglot.schema.arrow import Array

Table: TypeAlias = pa.Table | pa.RecordBatch

LEAST_BYTES = 131_072
"""Fewer bytes of a column and batch are written again sooner than looked for and put together."""

_NOTHING: pa.DataType = pa.struct([])
"""Stands for a column that is not written: a type without bytes that may be non-nullable."""


Reference = tuple[int, str, int]
"""A column that is not written again: its position in its table, the argument that it is a column
of, and its position there."""


class _Column(NamedTuple):
    argument: str
    position: int
    type: pa.DataType
    bytes: int


def without_unchanged(
    tables: Mapping[str, Table], given: Mapping[str, pa.Buffer]
) -> tuple[Mapping[str, Table], dict[str, list[Reference]]]:
    """Leave the columns that are the call's own out of an answer.

    A column is the call's own when its arrays have the type and the very buffers of a column of an
    argument, in the same batches; nothing of the data is read. Columns with dictionaries, unions
    and extension types are always written. So is everything when less than half of what Node would
    have to keep of the call is given back.

    Parameters:
        tables: those of the answer.
        given: those of the call, each an Arrow IPC stream.

    Returns:
        The tables as they are to be written, where an empty struct stands for a column that is not
        written; and, by table, what these columns are.
    """
    least = max(LEAST_BYTES, sum(stream.size for stream in given.values()) / 2)
    if sum(table.get_total_buffer_size() for table in tables.values()) < least:
        return tables, {}
    own = _columns_of(given)
    found = {name: _unchanged(table, own) for name, table in tables.items()}
    kept = {column for columns in found.values() for column in columns.values()}
    kept_bytes = sum(column.bytes for column in kept)
    if kept_bytes < least:
        return tables, {}
    return (
        {name: _without(table, found[name]) for name, table in tables.items()},
        {
            name: [(at, one.argument, one.position) for at, one in columns.items()]
            for name, columns in found.items()
            if columns
        },
    )


def _columns_of(given: Mapping[str, pa.Buffer]) -> dict[Any, _Column]:
    """The columns of the call's tables, by where their arrays lie."""
    columns: dict[Any, _Column] = {}
    for argument, stream in given.items():
        table = open_table(stream)
        batches = table.to_batches()
        for position, field in enumerate(table.schema):
            held = table.column(position).get_total_buffer_size()
            if held == 0 or held < LEAST_BYTES * len(batches):
                continue
            place = _place_of(batches, position)
            if place is not None:
                columns[place] = _Column(argument, position, field.type, held)
    return columns


def _unchanged(table: Table, own: Mapping[Any, _Column]) -> dict[int, _Column]:
    batches = _batches(table)
    found: dict[int, _Column] = {}
    for position, field in enumerate(table.schema):
        if table.column(position).get_total_buffer_size() < LEAST_BYTES * len(batches):
            continue
        column = own.get(_place_of(batches, position))
        if column is not None and field.type.equals(column.type, check_metadata=True):
            found[position] = column
    return found


def _without(table: Table, columns: Mapping[int, _Column]) -> Table:
    if not columns:
        return table
    fields = [
        field.with_type(_NOTHING) if position in columns else field
        for position, field in enumerate(table.schema)
    ]
    schema = pa.schema(fields).with_metadata(table.schema.metadata)
    batches = []
    for batch in _batches(table):
        nothing: Array = pa.Array.from_buffers(_NOTHING, batch.num_rows, [None])
        arrays = [
            nothing if position in columns else array
            for position, array in enumerate(batch.columns)
        ]
        batches.append(pa.RecordBatch.from_arrays(arrays, schema=schema))
    return pa.Table.from_batches(batches, schema)


def _batches(table: Table) -> Sequence[pa.RecordBatch]:
    return [table] if isinstance(table, pa.RecordBatch) else table.to_batches()


def _place_of(batches: Sequence[pa.RecordBatch], position: int) -> tuple[Any, ...] | None:
    places = tuple(_place(batch.column(position)) for batch in batches)
    return None if None in places else places


def _place(array: Array) -> tuple[Any, ...] | None:
    """Where an array lies: two of one type that lie alike are one.

    None for what Node cannot take from one table to another, or whose parts pyarrow does not show.
    """
    kind = array.type
    if isinstance(kind, pa.DictionaryType | pa.BaseExtensionType):
        return None
    if pat.is_struct(kind):
        parts = [array.field(at) for at in range(kind.num_fields)]
    elif (
        pat.is_list(kind)
        or pat.is_large_list(kind)
        or pat.is_fixed_size_list(kind)
        or pat.is_map(kind)
    ):
        parts = [array.values]
    elif kind.num_fields > 0:
        return None
    else:
        parts = []
    places = [_place(part) for part in parts]
    if None in places:
        return None
    buffers = ((one.address, one.size) if one else None for one in array.buffers())
    return (array.offset, len(array), *buffers, *places)
