"""Judges batches and rows by a record schema: columns by kernels, the rest by Pydantic."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from etl_polyglot.schema.arrow import Array
from etl_polyglot.schema.broken import (
    Broken,
    any_broken,
    broken_rules,
    first_errors,
    rule_findings,
)
from etl_polyglot.schema.columnar.explain import BadRows, ColumnExplainer, Positions
from etl_polyglot.schema.columnar.judge import judge, struct_of
from etl_polyglot.schema.columnar.judged import Judged, Mask, both, filled
from etl_polyglot.schema.columnar.place import Place, place_of
from etl_polyglot.schema.errors import ErrorRecord
from etl_polyglot.schema.explain import explain
from etl_polyglot.schema.findings import Ordinals, Part, records_by_row
from etl_polyglot.schema.json_texts import shown_values
from etl_polyglot.schema.output import output_batch
from etl_polyglot.schema.record import RecordSchema
from etl_polyglot.schema.rows import Row, columns_of
from etl_polyglot.schema.rule import Rule
from etl_polyglot.schema.set_aside import SET_ASIDE, all_aside, aside_of, records_of, typed_columns
from etl_polyglot.schema.uncast import Uncast, source_row, with_casts

__all__ = ["SET_ASIDE", "BatchValidator", "LayersDisagreeError", "Verdict"]

_FIRST_ROWS = 2048
_MOST_ROWS = 8192
"""Rows that are explained at once: few at first, since no more may be asked for."""
_MOST_OBJECTS = 512
"""Rows that are Python objects at once."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What validation found in a batch.

    `valid` has a flag per row; None when all are valid. `errors` is sorted by index, path and
    keyword. `broken` has the rules that refuse rows which the schema accepts.
    """

    valid: npt.NDArray[np.bool_] | None
    errors: list[ErrorRecord]
    broken: tuple[Broken, ...] = ()


class LayersDisagreeError(RuntimeError):
    """A model refuses a row in which its schema finds nothing wrong: a defect of the compiler."""


class BatchValidator:
    """Judges rows by one record schema.

    Batches of columns are accepted by pyarrow kernels; only rows that a kernel doubts, or that
    none judges, go to the Pydantic model, which decides. Rows that the schema accepts are then
    judged by the business rules, if there are any.

    Parameters:
        schema: the record schema.
        rules: its business rules.
    """

    def __init__(self, schema: RecordSchema, rules: Sequence[Rule] = ()) -> None:
        self.schema = schema
        self._rules = tuple(rules)
        self._columns = {one.name: one for one in schema.columns}
        self._place = Place(fields={one.name: place_of(one) for one in schema.columns})
        self._explainer = ColumnExplainer(schema.root, self._place)
        self._accepts = schema.model.__pydantic_validator__.isinstance_python

    def validate(
        self, batch: pa.RecordBatch, first_index: int, max_errors: int | None = None
    ) -> Verdict:
        """Judge a batch with the columns of `text_schema`; a null means an absent member.

        Dates and times may be text or Arrow's own types already. Where the column `$row` has
        text, that JSON is the row. Past `max_errors` records, rows are judged but no longer
        explained; the first record's index is `first_index`. Raises RuleFailedError.
        """
        verdict = self._judge_batch(batch, first_index, max_errors)
        if not self._rules:
            return verdict
        return self._judge_by_rules(batch, verdict, first_index, max_errors)

    def validate_rows(
        self, rows: Iterable[object], first_index: int, max_errors: int | None = None
    ) -> Verdict:
        """Judge parsed JSON values as they are: explicit nulls, unknown members, any type.

        Raises RuleFailedError.
        """
        listed = list(rows)
        verdict = self._judge_rows(listed, first_index, max_errors)
        if not self._rules:
            return verdict
        batch = all_aside(listed, verdict.valid)
        return self._judge_by_rules(batch, verdict, first_index, max_errors)

    def explain(
        self, batch: pa.RecordBatch, refused: Ordinals, uncast: Sequence[Uncast] = ()
    ) -> Iterator[Part]:
        """Say why the schema refuses some rows of a batch, in parts by row.

        `refused` are the positions of rows that `validate` found invalid, or in which columns of
        `uncast` could not be cast: those have, besides, the errors of their other columns.
        """
        start, size = 0, _FIRST_ROWS
        while start < len(refused):
            positions = refused[start : start + size]
            suspects = batch.take(positions)
            failed = [one.take(positions) for one in uncast]
            bad_rows = self._bad_rows(suspects, positions, None, failed)
            for part in self._explainer.findings(typed_columns(suspects), bad_rows):
                yield [one.at(positions) for one in part]
            start, size = start + size, _MOST_ROWS

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
        aside = aside_of(batch)
        if aside is None:
            return judge(self.schema.root, struct_of(batch), self._place)
        found = judge(self.schema.root, struct_of(typed_columns(batch)), self._place)
        if not aside.any():
            return found
        return both(found.where(~aside), Judged(None, aside))

    def _judge_batch(
        self, batch: pa.RecordBatch, first_index: int, max_errors: int | None
    ) -> Verdict:
        found = self.judge_columns(batch)
        if found.suspects is None:
            return Verdict(None, [])
        invalid = filled(found.wrong, batch.num_rows).copy()
        if found.unsure is not None:
            doubted = np.flatnonzero(found.unsure)
            rows = records_of(self.schema, batch.take(doubted))
            invalid[doubted] = [not self._accepts(row) for row in rows]
        if not invalid.any():
            return Verdict(None, [])
        if max_errors == 0:
            return Verdict(~invalid, [])
        # Each row has an error at least, so that no more rows are wanted than errors.
        explained = np.flatnonzero(invalid)[:max_errors]
        suspects = batch.take(explained)
        indices = first_index + explained
        bad_rows = self._bad_rows(suspects, indices, max_errors)
        columns = typed_columns(suspects)
        return Verdict(~invalid, self._explainer.errors(columns, bad_rows, indices, max_errors))

    def _bad_rows(
        self,
        batch: pa.RecordBatch,
        indices: Positions,
        max_errors: int | None,
        uncast: Sequence[Uncast] = (),
    ) -> BadRows:
        def values(name: str, positions: Positions) -> Array | list[Any]:
            return shown_values(self._columns.get(name), batch.column(name).take(positions))

        def explained(positions: Positions) -> Iterator[list[ErrorRecord]]:
            for start in range(0, len(positions), _MOST_OBJECTS):
                part = positions[start : start + _MOST_OBJECTS]
                rows = records_of(self.schema, batch.take(part))
                for position, row in zip(part.tolist(), rows, strict=True):
                    if any(one.rows[position] for one in uncast):
                        whole = source_row(uncast, position, row)
                        found = explain(self.schema.root, whole, 0)
                        yield with_casts(uncast, position, whole, found)
                    else:
                        yield self._explain_row(row, int(indices[position]), max_errors)

        return BadRows(aside_of(batch), values, explained, uncast)

    def _judge_rows(self, rows: list[object], first_index: int, max_errors: int | None) -> Verdict:
        valid = np.fromiter(map(self._accepts, rows), np.bool_, len(rows))
        if valid.all():
            return Verdict(None, [])
        errors: list[ErrorRecord] = []
        for position in np.flatnonzero(~valid).tolist():
            if max_errors is not None and len(errors) >= max_errors:
                break
            left = None if max_errors is None else max_errors - len(errors)
            errors += self._explain_row(rows[position], first_index + position, left)
        return Verdict(valid, errors)

    def _explain_row(self, row: object, index: int, limit: int | None) -> list[ErrorRecord]:
        found = explain(self.schema.root, row, index, limit)
        if not found:
            raise LayersDisagreeError(
                f"the model of {self.schema.name} refuses row {index}, its schema does not; "
                "please report this"
            )
        return found

    def _judge_by_rules(
        self, batch: pa.RecordBatch, verdict: Verdict, first_index: int, max_errors: int | None
    ) -> Verdict:
        broken = broken_rules(self._rules, self.schema, batch, verdict.valid)
        if not broken:
            return verdict
        valid = ~any_broken(broken)
        if verdict.valid is not None:
            valid &= verdict.valid
        indices = first_index + np.arange(batch.num_rows)
        explained = (
            record
            for part in rule_findings(self.schema, batch, broken)
            for record in records_by_row([one.at(indices) for one in part])
        )
        return Verdict(valid, first_errors(verdict.errors, explained, max_errors), broken)
