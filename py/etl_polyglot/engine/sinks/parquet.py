"""The Parquet sink: one file, written once, the same bytes for the same rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.types as pat

from etl_polyglot.engine.errors import JobError
from etl_polyglot.engine.sinks.row_groups import RowGroups
from etl_polyglot.engine.sinks.sink import SinkRequest
from etl_polyglot.engine.sinks.staged import StagedSink
from etl_polyglot.schema.arrow import Array, pc

ROW_GROUP_ROWS = 131_072
ROW_GROUP_BYTES = 32 * 1024 * 1024
"""Bytes of content with which a row group is full; it lies in memory until then."""

_SAMPLED_ROWS = 32_768
"""Rows of the first group that say which columns repeat: to count more costs more than it tells."""


class ParquetSink(StagedSink):
    """Writes zstd Parquet in row groups of so many rows, or bytes where the rows are large.

    Not even the memory that the job may use changes the bytes.

    Parameters:
        request: how the job wants its rows written.

    Raises:
        JobError: `COLUMNS_MISMATCH`, also by `write` and `finish`, when Parquet has no such
            column, or cannot hold one of its values.
    """

    def __init__(self, request: SinkRequest) -> None:
        self._name = request.name
        self._columns = request.columns
        none = self._columns.empty_table()
        with self._refusing(none):
            pq.write_table(none, pa.BufferOutputStream())
        super().__init__(request.path)
        self._groups = RowGroups(self._columns, ROW_GROUP_ROWS, ROW_GROUP_BYTES)
        self._writer: pq.ParquetWriter | None = None

    def write(self, batch: pa.RecordBatch) -> None:
        """Take rows; they reach the file when a row group is full."""
        for group in self._groups.add(batch):
            self._write_group(group)

    def abandon(self) -> None:
        """Give up and remove the file; doing so twice does nothing."""
        super().abandon()
        self._groups.clear()
        if self._writer is not None:
            self._writer.close()

    def _end(self) -> None:
        self._write_group(self._groups.take()).close()

    def _write_group(self, group: pa.Table) -> pq.ParquetWriter:
        writer = self._writer = self._writer or self._open(group)
        if group.num_rows:
            with self._refusing(group):
                writer.write_table(group, row_group_size=group.num_rows)
            self._rows += group.num_rows
        return writer

    def _open(self, first: pa.Table) -> pq.ParquetWriter:
        target: Any = self._file
        sample = first.slice(0, _SAMPLED_ROWS)
        columns = list(zip(sample.column_names, sample.columns, strict=True))
        repeating: Any = [leaf for name, one in columns for leaf in _repeating(name, one)]
        return pq.ParquetWriter(
            pa.PythonFile(target, mode="w"),
            self._columns,
            compression="zstd",
            use_dictionary=repeating or False,
        )

    @contextmanager
    def _refusing(self, rows: pa.Table) -> Iterator[None]:
        """Tell which column it is that Parquet does not take."""
        try:
            yield
        except pa.ArrowMemoryError:
            raise
        except (pa.ArrowException, OSError) as error:
            reason = _refusal(rows)
            if reason is None:
                raise
            raise JobError("COLUMNS_MISMATCH", {"path": self._name, "reason": reason}) from error


def _refusal(rows: pa.Table) -> str | None:
    """Which column cannot be written, and why; None: each by itself can."""
    for at, field in enumerate(rows.schema):
        try:
            pq.write_table(rows.select([at]), pa.BufferOutputStream())
        except (pa.ArrowException, OSError) as error:
            why = str(error).splitlines()[0]
            return f"column {field.name!r} is {field.type}, which Parquet cannot hold: {why}"
    return None


def _repeating(path: str, column: Array) -> list[str]:
    """The paths of the leaves of a column whose values repeat, so that a dictionary pays.

    Where they do not, the writer would fill a dictionary and then throw it away.
    """
    if pat.is_list(column.type):
        return _repeating(f"{path}.list.element", pc.list_flatten(column))
    if pat.is_struct(column.type):
        names = column.type.names
        members = [(name, pc.struct_field(column, at)) for at, name in enumerate(names)]
        return [leaf for name, one in members for leaf in _repeating(f"{path}.{name}", one)]
    if pat.is_map(column.type) or pat.is_null(column.type):
        return []  # which no kernel counts
    return [path] if 2 * pc.count_distinct(column).as_py() <= len(column) else []
