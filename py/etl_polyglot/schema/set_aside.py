"""Rows that do not fit the typed columns, carried beside them as JSON text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from etl_polyglot.schema.columnar.judged import Mask, Suspects
from etl_polyglot.schema.profile import SET_ASIDE
from etl_polyglot.schema.record import RecordSchema
from etl_polyglot.schema.rows import columns_of, rows_of

__all__ = ["SET_ASIDE", "all_aside", "aside_of", "laid_out", "records_of", "typed_columns"]


def typed_columns(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return a batch without the column of rows that were set aside."""
    return batch.select([name for name in batch.schema.names if name != SET_ASIDE])


def aside_of(batch: pa.RecordBatch) -> Mask | None:
    """Return which rows were set aside; None when the batch has no column for them."""
    if SET_ASIDE not in batch.schema.names:
        return None
    aside: Mask = np.asarray(batch.column(SET_ASIDE).is_valid().to_numpy(zero_copy_only=False))
    return aside


def records_of(schema: RecordSchema, batch: pa.RecordBatch) -> list[Any]:
    """Return a batch's rows as the JSON values that they stand for, those set aside as well."""
    if SET_ASIDE not in batch.schema.names:
        return list(rows_of(schema, batch))
    texts = batch.column(SET_ASIDE).to_pylist()
    rows = rows_of(schema, typed_columns(batch))
    return [
        row if text is None else json.loads(text) for row, text in zip(rows, texts, strict=True)
    ]


def laid_out(schema: RecordSchema, batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return valid rows without `$row`; those set aside are as whole in columns as they can be."""
    columns, aside = typed_columns(batch), aside_of(batch)
    if aside is None or not aside.any():
        return columns
    positions = np.flatnonzero(aside)
    rows = columns_of(schema, records_of(schema, batch.take(positions)))
    places = np.arange(batch.num_rows)
    places[positions] = batch.num_rows + np.arange(len(positions))
    arrays = [
        pa.concat_arrays([column, row]).take(places)
        for column, row in zip(columns.columns, rows.columns, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=columns.schema)


def all_aside(rows: Sequence[object], valid: Suspects) -> pa.RecordBatch:
    """Return a batch in which valid rows are set aside; those that are not may be no JSON."""
    texts = [
        json.dumps(row) if valid is None or valid[position] else None
        for position, row in enumerate(rows)
    ]
    return pa.RecordBatch.from_arrays([pa.array(texts, pa.string())], names=[SET_ASIDE])
