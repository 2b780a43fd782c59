"""Values that could not become those of their columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from etl_polyglot.schema.arrow import Array
from etl_polyglot.schema.columnar.judged import Mask
from etl_polyglot.schema.errors import ErrorRecord, in_order, shown
from etl_polyglot.schema.findings import Findings, Ordinals
from etl_polyglot.schema.json_texts import shown_values
from etl_polyglot.schema.rows import Row


@dataclass(frozen=True, slots=True, eq=False)
class Uncast:
    """A column in which the values of some rows could not be cast, and are null in its place.

    `error` is the error record of them, less its `value`; `source` are the column's values as
    they were, in types that JSON has.
    """

    name: str
    error: ErrorRecord
    rows: Mask
    source: Array

    def take(self, positions: Ordinals) -> Uncast:
        """The same of the rows at some positions."""
        rows, source = self.rows[positions], self.source.take(positions)
        return Uncast(self.name, self.error, rows, source)

    def shown_at(self, positions: Ordinals) -> Array | list[Any]:
        """The values at some positions as they were, as records show them."""
        return shown_values(None, self.source.take(positions))

    def findings(self) -> Findings:
        """The errors of its values."""
        rows = np.flatnonzero(self.rows)
        return Findings(self.error, rows, self.shown_at(rows))


def source_row(uncast: Sequence[Uncast], position: int, row: Row) -> Row:
    """Return the row at a position with its uncast values as they were."""
    found = {one.name: one.source[position].as_py() for one in uncast if one.rows[position]}
    return {**row, **found}


def with_casts(
    uncast: Sequence[Uncast], position: int, row: Row, errors: Iterable[ErrorRecord]
) -> list[ErrorRecord]:
    """Say of the uncast values of a row that they are; what its schema finds of them is no news.

    Parameters:
        uncast: the columns in which values could not be cast.
        position: the row's.
        row: the row as it was.
        errors: what its schema finds; their index is 0.
    """
    casts = [one for one in uncast if one.rows[position]]
    places = [one.error["path"] for one in casts]
    others = [
        error
        for error in errors
        if not any(error["path"] == at or error["path"].startswith(f"{at}/") for at in places)
    ]
    told: list[ErrorRecord] = [{**one.error, "value": shown(row[one.name])} for one in casts]
    return in_order([*others, *told])
