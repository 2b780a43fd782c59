"""Parquet: the row groups of a file, cast to the columns of a schema."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from etl_polyglot.engine.convert.typed import TypedColumns
from etl_polyglot.engine.errors import JobError
from etl_polyglot.engine.file import SourceStream
from etl_polyglot.engine.rows import Locator, Rejects, Rows, StepCount
from etl_polyglot.engine.sources.source import SourceRequest


@dataclass(frozen=True, slots=True)
class ParquetChunk:
    """Rows of one row group; without its batch when it is only remembered."""

    number: int
    row_group: int
    first_row: int
    end: int
    batch: pa.RecordBatch | None


@dataclass(frozen=True, slots=True)
class RowLocator:
    """Describes records by row group and row."""

    chunk: ParquetChunk

    def describe(self, records: Sequence[int]) -> list[dict[str, Any]]:
        """Return for each record its row group, and its row in it, both from 0."""
        group, first = self.chunk.row_group, self.chunk.first_row
        return [{"row_group": group, "row": first + record} for record in records]


class ParquetSource:
    """A Parquet file; a null is an absent value.

    Parameters:
        request: how the job wants it read; without a schema every column passes as it is.

    Raises:
        JobError: `INPUT_CORRUPT` when it is no Parquet file (`SOURCE_CHANGED` when it was
            changed meanwhile), `COLUMNS_MISMATCH` when a column is missing, unknown, or of a
            type that the schema's cannot come from.
    """

    def __init__(self, request: SourceRequest) -> None:
        self._request = request
        stream: Any = SourceStream(request.file)
        with self._reading():
            self._file = pq.ParquetFile(
                stream,
                page_checksum_verification=True,
                coerce_int96_timestamp_unit="us",  # nanoseconds reach from 1677 to 2262 only
            )
        found = self._file.schema_arrow.remove_metadata()
        self._typed = TypedColumns(found, request.schema, request.source_name)
        self.columns = self._typed.columns

    def chunks(self) -> Iterator[ParquetChunk]:
        """Decode the row groups, a bounded number of rows at a time."""
        names = [name for name in self.columns.names if name in self._file.schema_arrow.names]
        metadata, number, done = self._file.metadata, 0, 0
        for group in range(metadata.num_row_groups):
            one = metadata.row_group(group)
            row_bytes = max(one.total_byte_size / max(one.num_rows, 1), 1)
            size = max(int(self._request.chunk_bytes / row_bytes), 1)
            first = 0
            with self._reading():
                batches = self._file.iter_batches(min(size, 131_072), [group], names)
            while True:
                with self._reading():
                    batch = next(batches, None)
                if batch is None:
                    break
                done += batch.num_rows
                end = int(self._request.file.size * done / max(metadata.num_rows, 1))
                yield ParquetChunk(number, group, first, end, batch)
                first += batch.num_rows
                number += 1

    def read(self, chunk: ParquetChunk) -> Rows:
        """Cast the columns of a chunk."""
        began = time.perf_counter()
        batch = chunk.batch
        assert batch is not None, "a chunk that is only remembered cannot be read"
        with self._reading():
            batch.validate(full=True)
        records = np.arange(batch.num_rows, dtype=np.int64)
        rows = Rows(
            batch, records, self.locator(chunk), Rejects(self._request.source_name), len(records)
        )
        self._typed.cast(rows)
        seconds = time.perf_counter() - began
        rows.steps = [
            StepCount("read", rows.read, rows.read, 0.0),
            StepCount("cast", rows.read, len(rows.records), seconds),
        ]
        return rows

    def forget(self, chunk: ParquetChunk) -> ParquetChunk:
        """The chunk without its rows."""
        return replace(chunk, batch=None)

    def locator(self, chunk: ParquetChunk) -> Locator:
        """Describe records by row group and row."""
        return RowLocator(chunk)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except pa.ArrowMemoryError:
            raise
        except (pa.ArrowException, OSError) as error:
            self._request.file.check_unchanged()
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            details = {"path": self._request.source_name, "format": "Parquet", "reason": reason}
            raise JobError("INPUT_CORRUPT", details) from error
