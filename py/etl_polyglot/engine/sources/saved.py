"""Batches that a pipeline saved: Arrow IPC streams, one behind the other."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from etl_polyglot.engine.chunks import CHUNK_RECORDS
from etl_polyglot.engine.file import SourceStream
from etl_polyglot.engine.rows import Locator, Ordinals, Rejects, Rows, StepCount
from etl_polyglot.engine.sources.source import SourceRequest
from etl_polyglot.schema.arrow import Array, concat_batches, pc


@dataclass(frozen=True, slots=True)
class SavedChunk:
    """Rows that lie together; without its batch when it is only remembered."""

    first_row: int
    end: int
    batch: pa.RecordBatch | None


@dataclass(frozen=True, slots=True)
class SavedLocator:
    """Describes records by their place among all saved rows."""

    first_row: int

    def describe(self, records: Ordinals) -> Array:
        """Return for each record its row, from 0."""
        rows = pa.array(self.first_row + records).cast(pa.string())
        return pc.binary_join_element_wise('"row":', rows, "")


class SavedSource:
    """The rows that a pipeline saved, which have taken the first steps of their job already.

    Parameters:
        request: how the job wants it read; every stream has the columns of the first.
    """

    def __init__(self, request: SourceRequest) -> None:
        self._request = request
        with pa.ipc.open_stream(self._stream()) as first:
            self.columns = first.schema.remove_metadata()

    def chunks(self) -> Iterator[SavedChunk]:
        """Read stream after stream; what is small is put together."""
        stream = self._stream()
        waiting: list[pa.RecordBatch] = []
        rows = size = first_row = 0
        for batch in self._batches(stream):
            waiting.append(batch)
            rows, size = rows + batch.num_rows, size + batch.nbytes
            if rows >= CHUNK_RECORDS or size >= self._request.chunk_bytes:
                yield SavedChunk(first_row, stream.tell(), concat_batches(waiting))
                first_row += rows
                waiting, rows, size = [], 0, 0
        if waiting:
            yield SavedChunk(first_row, stream.tell(), concat_batches(waiting))

    def read(self, chunk: SavedChunk) -> Rows:
        """The rows as they are."""
        assert chunk.batch is not None, "a chunk that is only remembered cannot be read"
        count = chunk.batch.num_rows
        rejects = Rejects(self._request.source_name)
        records = np.arange(count, dtype=np.int64)
        step = StepCount("read", count, count, 0.0)
        return Rows(chunk.batch, records, self.locator(chunk), rejects, count, [step])

    def forget(self, chunk: SavedChunk) -> SavedChunk:
        """The chunk without its rows."""
        return replace(chunk, batch=None)

    def locator(self, chunk: SavedChunk) -> Locator:
        """Describe records by row."""
        return SavedLocator(chunk.first_row)

    def _stream(self) -> Any:
        return SourceStream(self._request.file)

    def _batches(self, stream: Any) -> Iterator[pa.RecordBatch]:
        while stream.tell() < self._request.file.size:
            for batch in pa.ipc.open_stream(stream):
                if batch.num_rows:
                    yield batch.replace_schema_metadata(None)
