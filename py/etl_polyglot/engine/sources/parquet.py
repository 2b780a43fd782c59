"""Parquet: the row groups of a file."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from etl_polyglot.engine.file import SourceStream
from etl_polyglot.engine.rows import Rows
from etl_polyglot.engine.sources.typed import TypedChunk, TypedSource
from etl_polyglot.engine.stop import asked_elsewhere

_READ_BYTES = 1024 * 1024
"""What is read of a column at a time, where its part of a row group would not be read whole."""


class ParquetSource(TypedSource):
    """A Parquet file."""

    format = "Parquet"
    part_name = "row_group"

    def chunks(self) -> Iterator[TypedChunk]:
        """Decode the row groups, a bounded number of rows at a time."""
        self._stream.ended = asked_elsewhere()
        metadata, done = self._file.metadata, 0
        for group in range(metadata.num_row_groups):
            one = metadata.row_group(group)
            size = self._rows_at_once(one.total_byte_size, one.num_rows)
            first = 0
            with self._reading():
                batches = self._file.iter_batches(size, [group], self._names)
            while True:
                with self._reading():
                    batch = next(batches, None)
                if batch is None:
                    break
                done += batch.num_rows
                end = int(self._request.file.size * done / max(metadata.num_rows, 1))
                yield TypedChunk(group, first, end, batch)
                first += batch.num_rows

    def read(self, chunk: TypedChunk) -> Rows:
        """Check the values of a chunk and cast its columns."""
        assert chunk.batch is not None, "a chunk that is only remembered cannot be read"
        with self._reading():
            chunk.batch.validate(full=True)
        return super().read(chunk)

    def _open(self) -> pa.Schema:
        self._stream = SourceStream(self._request.file)
        stream: Any = self._stream
        self._file = pq.ParquetFile(
            stream,
            buffer_size=_READ_BYTES,
            page_checksum_verification=True,
            coerce_int96_timestamp_unit="us",  # nanoseconds reach from 1677 to 2262 only
        )
        return self._file.schema_arrow
