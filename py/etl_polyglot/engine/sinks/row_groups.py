"""Rows put together to groups whose borders depend on the rows alone."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from etl_polyglot.engine.sinks.row_bytes import row_bytes


class RowGroups:
    """Gathers batches until they are so many rows, or bytes where the rows are large.

    Parameters:
        columns: the columns of every batch.
        most_rows: rows with which a group is full.
        most_bytes: bytes of content with which it is full; they lie in memory until then.
    """

    def __init__(self, columns: pa.Schema, most_rows: int, most_bytes: int) -> None:
        self._columns = columns
        self._most_rows = most_rows
        self._most_bytes = most_bytes
        self.clear()

    def add(self, batch: pa.RecordBatch) -> Iterator[pa.Table]:
        """Take rows, and give the groups that are full by them."""
        ends = np.cumsum(row_bytes(batch))
        start = 0
        while start < batch.num_rows:
            before = int(ends[start - 1]) if start else 0
            full = np.searchsorted(ends, before + self._most_bytes - self._bytes) + 1
            stop = min(int(full), start + self._most_rows - self._rows, batch.num_rows)
            self._waiting.append(batch.slice(start, stop - start))
            self._rows += stop - start
            self._bytes += int(ends[stop - 1]) - before
            if self._rows == self._most_rows or self._bytes >= self._most_bytes:
                yield self.take()
            start = stop

    def take(self) -> pa.Table:
        """The rows that wait, each column in one piece, though the group be not full."""
        group = pa.Table.from_batches(self._waiting, self._columns).combine_chunks()
        self.clear()
        return group

    def clear(self) -> None:
        """Forget the rows that wait."""
        self._waiting: list[pa.RecordBatch] = []
        self._rows = self._bytes = 0
