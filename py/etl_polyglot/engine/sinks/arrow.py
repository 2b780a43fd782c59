"""Arrow out: the IPC file format, or the stream format."""

from typing import Any

import pyarrow as pa
import pyarrow.types as pat

from etl_polyglot.engine.nested import lengths_of, list_array, struct_array
from etl_polyglot.engine.sinks.row_groups import RowGroups
from etl_polyglot.engine.sinks.sink import SinkRequest
from etl_polyglot.engine.sinks.staged import StagedSink
from etl_polyglot.schema.arrow import Array

STREAM_SUFFIX = ".arrows"
"""The extension that IANA has for the stream format."""

BATCH_ROWS = 65_536
BATCH_BYTES = 16 * 1024 * 1024


class ArrowSink(StagedSink):
    """Writes record batches of so many rows, or bytes where the rows are large.

    They are not compressed, so that a reader can map them. A target whose name ends in
    `.arrows` is an IPC stream, any other an IPC file.

    Parameters:
        request: how the job wants its rows written.
    """

    def __init__(self, request: SinkRequest) -> None:
        super().__init__(request.path)
        self._columns = request.columns
        self._groups = RowGroups(self._columns, BATCH_ROWS, BATCH_BYTES)
        new = pa.ipc.new_stream if request.name.endswith(STREAM_SUFFIX) else pa.ipc.new_file
        target: Any = self._file
        try:
            self._writer = new(pa.PythonFile(target, mode="w"), self._columns)
        except BaseException:
            self._file.remove()
            raise

    def write(self, batch: pa.RecordBatch) -> None:
        """Take rows; they reach the file when a record batch is full."""
        for group in self._groups.add(batch):
            self._write_group(group)

    def abandon(self) -> None:
        """Give up and remove the file; doing so twice does nothing."""
        super().abandon()
        self._groups.clear()
        self._writer.close()

    def _end(self) -> None:
        rest = self._groups.take()
        if rest.num_rows:
            self._write_group(rest)
        self._writer.close()

    def _write_group(self, group: pa.Table) -> None:
        arrays = [_without_hidden(column.chunk(0)) for column in group.columns]
        self._writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=self._columns))
        self._rows += group.num_rows


def _without_hidden(array: Array) -> Array:
    """Clear what lies under nulls, which is written too, and differs with how values came."""
    if pat.is_struct(array.type):
        members = [_without_hidden(member) for member in array.flatten()]
        return struct_array(members, array.type, array.is_null())
    if pat.is_list(array.type):
        items = _without_hidden(array.flatten())
        return list_array(lengths_of(array), items, array.type, array.is_null())
    return array.take(pa.array(range(len(array)))) if array.null_count else array
