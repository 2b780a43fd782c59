"""The profile of a job's output: what its columns hold."""

from types import TracebackType
from typing import Any, Self

import duckdb
import pyarrow as pa

from etl_polyglot.engine.comparable import comparable
from etl_polyglot.engine.profile.column import ColumnProfile, measurable
from etl_polyglot.engine.profile.hashes import Hasher
from etl_polyglot.engine.stop import checkpoint
from etl_polyglot.schema.arrow import Array, nulls

_FAILURES = (pa.ArrowException, duckdb.Error, MemoryError)
"""What libraries raise of columns that are beyond them."""


class Profile:
    """What the columns of some rows hold, taken block by block.

    It needs at most 1 MB a column, most often a tenth of that, however many rows there are, and
    is the same for the same rows in the same blocks.

    Parameters:
        columns: those of every block.
    """

    def __init__(self, columns: pa.Schema) -> None:
        self.columns = columns
        self._hasher = Hasher()
        self._rows = 0
        self._profiles = self.measure(columns.empty_table())

    def measure(self, block: pa.Table) -> list[ColumnProfile]:
        """Profile one block, each of whose columns lies in one piece; for any thread.

        Of a column that cannot be measured the values are counted, and no more is told.
        """
        columns = [measurable(_piece(column)) for column in block.columns]
        try:
            return self._measured(columns)
        except _FAILURES:
            return [self._measured_alone(column) for column in columns]

    def _measured_alone(self, column: Array) -> ColumnProfile:
        try:
            return self._measured([column])[0]
        except _FAILURES:
            return ColumnProfile.unmeasured(column)

    def _measured(self, columns: list[Array]) -> list[ColumnProfile]:
        hashable = [column for column in columns if comparable(column.type) is not None]
        hashed = iter(self._hasher.hash(hashable))
        profiles = []
        for column in columns:
            checkpoint()
            hashes = None if comparable(column.type) is None else next(hashed)
            profiles.append(ColumnProfile.of(column, hashes))
        return profiles

    def add(self, rows: int, profiles: list[ColumnProfile]) -> None:
        """Add what was measured of the next block, in the order of the blocks."""
        self._rows += rows
        for profile, other in zip(self._profiles, profiles, strict=True):
            profile.merge(other)

    def to_json(self) -> dict[str, Any]:
        """The `profile` member of the report."""
        columns = [
            {"name": field.name, "type": str(field.type), **profile.to_json()}
            for field, profile in zip(self.columns, self._profiles, strict=True)
        ]
        return {"rows": self._rows, "columns": columns}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._hasher.close()


def _piece(column: Array) -> Array:
    return column.chunk(0) if column.num_chunks else nulls(0, column.type)
