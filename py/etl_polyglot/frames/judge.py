"""Judges one chunk of a frame: columns by kernels, then the rows that they do not accept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import numpy as np
import pyarrow as pa

from etl_polyglot.frames.chunks import Chunk, columns_of
from etl_polyglot.frames.column import FrameColumn
from etl_polyglot.frames.laid_out import laid_out
from etl_polyglot.frames.rows import Row, row_errors, rows_at, strange_places
from etl_polyglot.frames.schemas import frame_place
from etl_polyglot.schema.arrow import Array, pc
from etl_polyglot.schema.columnar.explain import BadRows, ColumnExplainer, Positions
from etl_polyglot.schema.columnar.judge import judge
from etl_polyglot.schema.columnar.judged import Judged, Mask, Suspects, both, filled, some, union
from etl_polyglot.schema.columnar.place import NATURAL, Place
from etl_polyglot.schema.errors import ErrorRecord, shown
from etl_polyglot.schema.record import RecordSchema
from etl_polyglot.schema.rule import Rule
from etl_polyglot.schema.validator import BatchValidator, Verdict

Found = tuple[Mask, list[ErrorRecord]]
"""The rows that are refused, and the errors of the first of them."""


@dataclass(frozen=True, slots=True)
class ChunkVerdict:
    """A flag per row; errors by row, path and keyword; whether there are more than those."""

    valid: Mask
    errors: list[ErrorRecord]
    truncated: bool


class ChunkJudge:
    """Judges chunks by one record schema and its rules; several threads may call it."""

    def __init__(self, schema: RecordSchema, rules: Sequence[Rule]) -> None:
        self._schema = schema
        self._validator = BatchValidator(schema)
        self._ruled = BatchValidator(schema, rules) if rules else None
        self._place = Place(fields={one.name: frame_place(one) for one in schema.columns})
        self._explainer = ColumnExplainer(schema.root, self._place)
        # Members that no keyword looks at may be anything.
        self._wanted = None if schema.judges_others else frozenset(self._place.fields)

    def __call__(self, chunk: Chunk, max_errors: int | None) -> ChunkVerdict:
        """Return the verdict on a chunk, its errors counted from its first row.

        Once there are `max_errors`, further rows are judged but no longer explained.
        """
        columns = columns_of(chunk, self._wanted)
        refused, errors = self._by_schema(columns, len(chunk), max_errors)
        if self._ruled is not None:
            accepted = np.flatnonzero(~refused)
            broken, told = self._by_rules(self._ruled, columns, accepted, max_errors)
            refused[accepted] = broken
            errors = sorted([*errors, *told], key=itemgetter("index"))
        explained = len({record["index"] for record in errors})
        return ChunkVerdict(~refused, errors, explained < int(np.count_nonzero(refused)))

    def _by_schema(
        self, columns: Sequence[FrameColumn], count: int, max_errors: int | None
    ) -> Found:
        found = self._by_kernels(columns, count)
        refused = filled(found.wrong, count).copy()
        if found.unsure is not None:
            doubted = np.flatnonzero(found.unsure)
            refused[doubted] = self._by_rows(rows_at(columns, self._place, doubted))
        # Each row has an error at least, so that no more rows are wanted than errors.
        explained = np.flatnonzero(refused)[:max_errors]
        suspects = _structs(columns, count).take(pa.array(explained))
        batch = pa.RecordBatch.from_struct_array(suspects)
        rows = self._bad_rows(columns, explained)
        return refused, self._explainer.errors(batch, rows, explained, max_errors)

    def _bad_rows(self, columns: Sequence[FrameColumn], indices: Positions) -> BadRows:
        named = {column.name: column for column in columns}

        def values(name: str, positions: Positions) -> list[Any]:
            place = self._place.fields.get(name, NATURAL)
            return [*map(shown, named[name].values(pa.array(indices[positions]), place))]

        def explained(positions: Positions) -> Iterator[list[ErrorRecord]]:
            chosen = indices[positions]
            rows = rows_at(columns, self._place, chosen)
            return (
                row_errors(self._schema, row, index)
                for row, index in zip(rows, chosen.tolist(), strict=True)
            )

        aside: Suspects = None
        for column in columns:
            doubts = None if column.doubts is None else some(column.doubts[indices])
            aside = union(aside, doubts)
        return BadRows(aside, values, explained)

    def _by_kernels(self, columns: Sequence[FrameColumn], count: int) -> Judged:
        found = judge(self._schema.root, _structs(columns, count), self._place)
        for column in columns:
            if column.doubts is not None:
                found = both(found, Judged(None, column.doubts))
        return found

    def _by_rows(self, rows: Sequence[Row]) -> Mask:
        """Return which rows Pydantic refuses, and those with values that have no JSON form."""
        refused = np.fromiter(map(bool, map(strange_places, rows)), np.bool_, len(rows))
        sound = np.flatnonzero(~refused)
        verdict = self._validator.validate_rows([rows[at] for at in sound.tolist()], 0, 0)
        refused[sound] = _refused(verdict, len(sound))
        return refused

    def _by_rules(
        self,
        ruled: BatchValidator,
        columns: Sequence[FrameColumn],
        positions: Any,
        max_errors: int | None,
    ) -> Found:
        batch = laid_out(self._schema, columns, positions)
        if batch is None:
            rows = rows_at(columns, self._place, positions)
            verdict = ruled.validate_rows(rows, 0, max_errors)
        else:
            verdict = ruled.validate(batch, 0, max_errors)
        return _refused(verdict, len(positions)), _placed(verdict.errors, positions)


def _structs(columns: Sequence[FrameColumn], count: int) -> Array:
    if not columns:
        return pa.array([{}] * count, pa.struct([]))
    return pc.make_struct(
        *(column.array for column in columns), field_names=[column.name for column in columns]
    )


def _refused(verdict: Verdict, count: int) -> Mask:
    return np.zeros(count, dtype=np.bool_) if verdict.valid is None else ~verdict.valid


def _placed(errors: list[ErrorRecord], positions: Any) -> list[ErrorRecord]:
    """Count the rows of errors as the chunk does."""
    for record in errors:
        record["index"] = int(positions[record["index"]])
    return errors
