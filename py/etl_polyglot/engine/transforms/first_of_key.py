"""Which rows are the first of their key: the comparison, and its answer for a table in memory."""

from collections.abc import Sequence

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.types as pat

from etl_polyglot.schema.arrow import Array, pc
from etl_polyglot.schema.columnar.judged import Mask

KEYS = "keys"
"""What the query reads."""


def keys_schema(types: Sequence[pa.DataType]) -> pa.Schema:
    """Return the columns of `KEYS` for key columns of the given types."""
    fields = [pa.field(f"k{i}", _comparable(found)) for i, found in enumerate(types)]
    return pa.schema([*fields, pa.field("sequence", pa.int64())])


def key_batch(
    columns: Sequence[Array], first: int, schema: pa.Schema, whole_records: bool
) -> pa.RecordBatch:
    """Lay the keys of rows out for the query, with their sequence numbers from `first` on.

    In whole records an absent value equals an absent one; otherwise a row with a null in its
    key is like no other, and is left out.
    """
    keys: list[Array] = [
        array.cast(field.type) for array, field in zip(columns, schema, strict=False)
    ]
    sequence = np.arange(first, first + len(keys[0]) if keys else first)
    batch = pa.RecordBatch.from_arrays([*keys, pa.array(sequence)], schema=schema)
    if not whole_records and any(array.null_count for array in keys):
        whole = np.logical_and.reduce([np.asarray(pc.is_valid(array)) for array in keys])
        batch = batch.filter(pa.array(whole))
    return batch


def first_of_key_query(schema: pa.Schema) -> str:
    """Return the query that gives the smallest sequence number of each key, in order."""
    grouped = ", ".join(schema.names[:-1])
    return f"SELECT min(sequence) AS first FROM {KEYS} GROUP BY {grouped} ORDER BY first"


def first_of_key(table: pa.Table, key: Sequence[str]) -> Mask:
    """Return a flag per row of a table: whether it is the first of its key.

    Parameters:
        key: the key columns; empty compares whole records.

    Raises:
        KeyError: the table lacks a key column.
    """
    compared = table.select(list(key) or table.column_names)
    stays = np.zeros(table.num_rows, dtype=np.bool_)
    if compared.num_columns == 0:
        stays[:1] = True
        return stays
    schema = keys_schema(compared.schema.types)
    first = 0
    batches: list[pa.RecordBatch] = []
    for batch in compared.to_batches():
        batches.append(key_batch(batch.columns, first, schema, not key))
        first += batch.num_rows
    with duckdb.connect(config={"threads": pa.cpu_count()}) as connection:
        connection.register(KEYS, pa.RecordBatchReader.from_batches(schema, batches))
        stays[connection.sql(first_of_key_query(schema)).fetchnumpy()["first"]] = True
    if key:
        for column in compared.columns:
            stays |= np.asarray(column.is_null())
    return stays


def _comparable(found: pa.DataType) -> pa.DataType:
    """A type that DuckDB takes and whose values are equal just when those of the given one are."""
    if pat.is_timestamp(found):
        return pa.int64()  # for instants DuckDB asks for its time zone extension
    return pa.float32() if pat.is_float16(found) else found
