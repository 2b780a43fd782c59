"""What the text formats share: records rendered a bounded part at a time."""

from abc import abstractmethod
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from etl_polyglot.engine.errors import JobError
from etl_polyglot.engine.sinks.json_text import json_texts
from etl_polyglot.engine.sinks.row_bytes import row_bytes
from etl_polyglot.engine.sinks.sink import SinkRequest
from etl_polyglot.engine.sinks.staged import StagedSink
from etl_polyglot.engine.stop import checkpoint
from etl_polyglot.schema.arrow import Array, nulls
from etl_polyglot.schema.record import Column

_PART_ROWS = 16_384
_PART_BYTES = 4 * 1024 * 1024
"""The text takes up to six times as much, and an Arrow text ends at 2 GiB."""


class TextSink(StagedSink):
    """Writes records as text in UTF-8, each by itself.

    A column that holds the values of one of the schema's is written as that has them.

    Parameters:
        request: how the job wants its rows written.

    Raises:
        JobError: `COLUMNS_MISMATCH` when the values of a column have no text.
    """

    def __init__(self, request: SinkRequest) -> None:
        self._columns = _columns_of_schema(request)
        super().__init__(request.path)
        self._file.write(self._head(request.columns.names))

    def write(self, batch: pa.RecordBatch) -> None:
        """Write rows."""
        for part in _parts(batch):
            checkpoint()
            texts = self._texts(part)
            _, offsets, data = texts.buffers()
            size = int(np.frombuffer(offsets, np.int32)[len(texts)])
            self._file.write(memoryview(data)[:size])
            self._rows += part.num_rows

    def _head(self, names: list[str]) -> bytes:
        """What stands before the first record."""
        return b""

    def _end(self) -> None:
        """Write what stands after the last record."""

    @abstractmethod
    def _texts(self, batch: pa.RecordBatch) -> Array:
        """The text of each row, with what separates it from its neighbours."""


def _columns_of_schema(request: SinkRequest) -> list[Column | None]:
    found: list[Column | None] = []
    for field in request.columns:
        column = request.described.get(field.name)
        found.append(column if column and column.output_type == field.type else None)
        try:
            json_texts(nulls(0, field.type), found[-1])
        except pa.ArrowException as error:
            reason = f"column {field.name!r} is {field.type}, which has no text"
            raise JobError("COLUMNS_MISMATCH", {"path": request.name, "reason": reason}) from error
    return found


def _parts(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """Cut a batch in parts of so many rows, or bytes."""
    ends = np.cumsum(row_bytes(batch))
    start = 0
    while start < batch.num_rows:
        before = int(ends[start - 1]) if start else 0
        stop = int(np.searchsorted(ends, before + _PART_BYTES, side="right"))
        stop = min(max(stop, start + 1), start + _PART_ROWS)
        yield batch.slice(start, stop - start)
        start = stop
