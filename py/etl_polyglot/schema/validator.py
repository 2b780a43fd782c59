"""Judges batches and rows by a record schema: columns by kernels, the rest by Pydantic."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from etl_polyglot.schema.columnar import Place, judge, place_of, struct_of
from etl_polyglot.schema.errors import ErrorRecord
from etl_polyglot.schema.explain import explain
from etl_polyglot.schema.judged import Judged, Mask, both
from etl_polyglot.schema.output import output_batch
from etl_polyglot.schema.record import RecordSchema
from etl_polyglot.schema.rows import Row, columns_of, rows_of

SET_ASIDE = "$row"
"""The column with the JSON text of rows that do not fit the typed columns."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What validation found in a batch.

    `valid` has a flag per row; None when all are valid. `errors` is sorted by index, path and
    keyword.
    """

    valid: npt.NDArray[np.bool_] | None
    errors: list[ErrorRecord]


class LayersDisagreeError(RuntimeError):
    """A model refuses a row in which its schema finds nothing wrong: a defect of the compiler."""


class BatchValidator:
    """Judges rows by one record schema.

    Batches of columns are accepted by pyarrow kernels; only rows that a kernel doubts, or that
    none judges, go to the Pydantic model, which decides.
    """

    def __init__(self, schema: RecordSchema) -> None:
        self.schema = schema
        self._place = Place(fields={one.name: place_of(one) for one in schema.columns})
        self._accepts = schema.model.__pydantic_validator__.isinstance_python

    def validate(
        self, batch: pa.RecordBatch, first_index: int, max_errors: int | None = None
    ) -> Verdict:
        """Judge a batch with the columns of `text_schema`; a null means an absent member.

        Dates and times may be text or Arrow's own types already. Where the column `$row` has
        text, that JSON is the row. Past `max_errors` records, rows are judged but no longer
        explained; the first record's index is `first_index`.
        """
        suspects = self.judge_columns(batch).suspects
        if suspects is None:
            return Verdict(None, [])
        positions = np.flatnonzero(suspects)
        rows = zip(positions.tolist(), self._rows(batch.take(positions)), strict=True)
        return self._judge(rows, batch.num_rows, first_index, max_errors)

    def validate_rows(
        self, rows: Iterable[object], first_index: int, max_errors: int | None = None
    ) -> Verdict:
        """Judge parsed JSON values as they are: explicit nulls, unknown members, any type."""
        listed = list(rows)
        return self._judge(enumerate(listed), len(listed), first_index, max_errors)

    def to_columns(self, rows: list[Row]) -> pa.RecordBatch:
        """Lay valid rows out as a batch of `text_schema`."""
        return columns_of(self.schema, rows)

    def to_output(self, batch: pa.RecordBatch) -> tuple[pa.RecordBatch, dict[str, Mask]]:
        """Convert a batch's text to the types of `output_schema`.

        Returns the batch, and by column the rows with a text that cannot be converted (null in
        the batch); of a validated batch only instants that in UTC leave the years 1 to 9999.
        """
        return output_batch(self.schema, batch)

    def judge_columns(self, batch: pa.RecordBatch) -> Judged:
        """Say what kernels alone find: which rows are wrong, and which only rows can decide."""
        if SET_ASIDE not in batch.schema.names:
            return judge(self.schema.root, struct_of(batch), self._place)
        aside = batch.column(SET_ASIDE).is_valid().to_numpy(zero_copy_only=False)
        columns = batch.select([name for name in batch.schema.names if name != SET_ASIDE])
        found = judge(self.schema.root, struct_of(columns), self._place)
        if not aside.any():
            return found
        return both(found.where(~aside), Judged(None, aside))

    def _rows(self, batch: pa.RecordBatch) -> list[Any]:
        if SET_ASIDE not in batch.schema.names:
            return list(rows_of(self.schema, batch))
        texts = batch.column(SET_ASIDE).to_pylist()
        columns = batch.select([name for name in batch.schema.names if name != SET_ASIDE])
        rows = rows_of(self.schema, columns)
        return [
            row if text is None else json.loads(text) for row, text in zip(rows, texts, strict=True)
        ]

    def _judge(
        self,
        rows: Iterable[tuple[int, object]],
        count: int,
        first_index: int,
        max_errors: int | None,
    ) -> Verdict:
        valid = np.ones(count, dtype=np.bool_)
        errors: list[ErrorRecord] = []
        for position, row in rows:
            if self._accepts(row):
                continue
            valid[position] = False
            if max_errors is None or len(errors) < max_errors:
                found = explain(self.schema.root, row, first_index + position)
                if not found:
                    raise LayersDisagreeError(
                        f"the model of {self.schema.name} refuses row {first_index + position}, "
                        "its schema does not; please report this"
                    )
                errors += found
        return Verdict(None if valid.all() else valid, errors)
