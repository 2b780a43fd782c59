"""The Parquet sink: one file, written once, the same bytes for the same rows."""

from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.types as pat

from etl_polyglot.engine.sinks.hashed_file import HashedFile
from etl_polyglot.engine.sinks.row_bytes import row_bytes
from etl_polyglot.engine.sinks.sink import Output
from etl_polyglot.schema.arrow import Array, pc

ROW_GROUP_ROWS = 131_072
ROW_GROUP_BYTES = 32 * 1024 * 1024
"""Bytes of content with which a row group is full; it lies in memory until then."""

_SAMPLED_ROWS = 32_768
"""Rows of the first group that say which columns repeat: to count more costs more than it tells."""


class ParquetSink:
    """Writes zstd Parquet in row groups of so many rows, or bytes where the rows are large.

    The bytes depend on the rows and their order only, not on the batches in which they come,
    nor on the memory that the job may use.
    A file that was not finished is removed.

    Parameters:
        path: the staged file; publishing it is the caller's.
        columns: the columns of every batch.
    """

    def __init__(self, path: Path, columns: pa.Schema) -> None:
        self._columns = columns
        self._file = HashedFile(path)
        self._writer: pq.ParquetWriter | None = None
        self._finished = False
        self._waiting: list[pa.RecordBatch] = []
        self._waiting_rows = 0
        self._waiting_bytes = 0
        self._rows = 0

    def write(self, batch: pa.RecordBatch) -> None:
        """Take rows; they reach the file when a row group is full."""
        ends = np.cumsum(row_bytes(batch))
        start = 0
        while start < batch.num_rows:
            before = int(ends[start - 1]) if start else 0
            full = np.searchsorted(ends, before + ROW_GROUP_BYTES - self._waiting_bytes) + 1
            stop = min(int(full), start + ROW_GROUP_ROWS - self._waiting_rows, batch.num_rows)
            self._waiting.append(batch.slice(start, stop - start))
            self._waiting_rows += stop - start
            self._waiting_bytes += int(ends[stop - 1]) - before
            if self._waiting_rows == ROW_GROUP_ROWS or self._waiting_bytes >= ROW_GROUP_BYTES:
                self._write_group()
            start = stop

    def finish(self) -> Output:
        """Write what waits and the footer, and flush the file to the disk."""
        if self._waiting_rows or self._writer is None:
            self._write_group()
        assert self._writer is not None
        self._writer.close()
        self._file.sync()
        self._finished = True
        return Output(self._rows, self._file.size, self._file.sha256)

    def abandon(self) -> None:
        """Give up and remove the file; doing so twice does nothing."""
        self._waiting = []
        self._file.remove()
        if self._writer is not None:
            self._writer.close()

    def _write_group(self) -> None:
        # In one piece: the writer's pages would else end where the batches do.
        group = pa.Table.from_batches(self._waiting, self._columns).combine_chunks()
        self._rows += self._waiting_rows
        self._waiting, self._waiting_rows, self._waiting_bytes = [], 0, 0
        if self._writer is None:
            self._writer = self._open(group)
        if group.num_rows:
            self._writer.write_table(group, row_group_size=group.num_rows)

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

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if not self._finished or error is not None:
            self.abandon()


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
