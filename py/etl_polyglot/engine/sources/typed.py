"""What the typed formats share: rows in columns of their own types, cast to those of a schema."""

import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from etl_polyglot.engine.convert.typed import TypedColumns
from etl_polyglot.engine.errors import JobError, first_line
from etl_polyglot.engine.rows import Locator, Ordinals, Rejects, Rows, StepCount
from etl_polyglot.engine.sources.source import SourceRequest
from etl_polyglot.engine.stop import checkpoint
from etl_polyglot.schema.arrow import Array, pc

_CHUNK_ROWS = 131_072


@dataclass(frozen=True, slots=True)
class TypedChunk:
    """Rows of one part of a file; without its batch when it is only remembered.

    Attributes:
        part: the place of the part in the file, from 0.
        first_row: the place in the part of the chunk's first row.
        end: how many bytes of the file lie behind it, or would if all rows were alike.
        batch: the rows, each column as the file has it.
    """

    part: int
    first_row: int
    end: int
    batch: pa.RecordBatch | None


@dataclass(frozen=True, slots=True)
class RowLocator:
    """Describes records by part and row.

    Attributes:
        part_name: what the format calls its parts.
        chunk: the chunk of the records.
    """

    part_name: str
    chunk: TypedChunk

    def describe(self, records: Ordinals) -> Array:
        """Return for each record its part, and its row in it, both from 0."""
        rows = pa.array(self.chunk.first_row + records).cast(pa.string())
        return pc.binary_join_element_wise(f'"{self.part_name}":{self.chunk.part},"row":', rows, "")


class TypedSource(ABC):
    """A file of typed columns; a null is an absent value.

    Parameters:
        request: how the job wants it read; without a schema every column passes as it is.

    Raises:
        JobError: `INPUT_CORRUPT` when the file is not of the format (`SOURCE_CHANGED` when it
            was changed meanwhile), `COLUMNS_MISMATCH` when it has no columns, or one is missing,
            unknown, or of a type that the schema's cannot come from.
    """

    format: str
    part_name: str

    def __init__(self, request: SourceRequest) -> None:
        self._request = request
        with self._reading():
            found = self._open().remove_metadata()
        if not found.names:
            details = {"path": request.source_name, "reason": "the file has no columns"}
            raise JobError("COLUMNS_MISMATCH", details)
        self._typed = TypedColumns(found, request.schema, request.source_name, request.judge())
        self.columns = self._typed.columns
        names = frozenset(found.names)
        self._names = [name for name in self.columns.names if name in names]

    @abstractmethod
    def _open(self) -> pa.Schema:
        """Open the file, and return its columns."""

    @abstractmethod
    def chunks(self) -> Iterator[TypedChunk]:
        """Cut the file in a bounded number of rows at a time."""

    def read(self, chunk: TypedChunk) -> Rows:
        """Cast the columns of a chunk."""
        began = time.perf_counter()
        batch = chunk.batch
        assert batch is not None, "a chunk that is only remembered cannot be read"
        records = np.arange(batch.num_rows, dtype=np.int64)
        rejects = Rejects(self._request.source_name)
        rows = Rows(batch, records, self.locator(chunk), rejects, len(records))
        self._typed.cast(rows)
        seconds = time.perf_counter() - began
        rows.steps = [
            StepCount("read", rows.read, rows.read, 0.0),
            StepCount("cast", rows.read, len(rows.records), seconds),
        ]
        return rows

    def forget(self, chunk: TypedChunk) -> TypedChunk:
        """The chunk without its rows."""
        return replace(chunk, batch=None)

    def locator(self, chunk: TypedChunk) -> Locator:
        """Describe records by part and row."""
        return RowLocator(self.part_name, chunk)

    def _rows_at_once(self, size: int, rows: int) -> int:
        """How many rows a chunk takes of a part of so many bytes and rows."""
        row_bytes = max(size / max(rows, 1), 1)
        return min(max(int(self._request.chunk_bytes / row_bytes), 1), _CHUNK_ROWS)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except pa.ArrowMemoryError:
            raise
        except (pa.ArrowException, OSError) as error:
            checkpoint()  # for with the job the bytes end
            self._request.file.check_unchanged()
            reason = first_line(error) or type(error).__name__
            details = {"path": self._request.source_name, "format": self.format, "reason": reason}
            raise JobError("INPUT_CORRUPT", details) from error
