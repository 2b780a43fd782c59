"""Arrow IPC: the record batches of a file or of a stream."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pyarrow as pa

from etl_polyglot.engine.file import SourceStream
from etl_polyglot.engine.sources.sound import check_values
from etl_polyglot.engine.sources.typed import TypedChunk, TypedSource
from etl_polyglot.engine.stop import asked_elsewhere

_FILE_MAGIC = b"ARROW1"

_CHUNKS_READ = 8
"""Chunks of which a record batch is mapped: two such batches may be held at a time."""


class _Block(NamedTuple):
    """A record batch, and between which bytes of the source it lies, or about so."""

    batch: pa.RecordBatch
    start: int
    end: int


class ArrowSource(TypedSource):
    """An Arrow IPC file, or an IPC stream, which its first bytes tell from one.

    Record batches are read, but those of many chunks are mapped, for they may be larger than the
    memory; a compressed one comes whole. Where one is mapped, a process that cuts the file off
    meanwhile ends the worker, unless the next chunk shows it first.
    """

    format = "Arrow"
    part_name = "block"

    def chunks(self) -> Iterator[TypedChunk]:
        """Check the record batches and cut them, a bounded number of rows at a time."""
        file, self._stream.ended = self._request.file, asked_elsewhere()
        for part, block in enumerate(self._blocks()):
            batch, rows = block.batch, block.batch.num_rows
            size = self._rows_at_once(batch.get_total_buffer_size(), rows)
            for first in range(0, rows, size):
                file.check_unchanged()
                piece = batch.slice(first, size)
                share = (first + piece.num_rows) / rows
                end = block.start + int((block.end - block.start) * share)
                yield TypedChunk(part, first, end, piece)

    def _open(self) -> pa.Schema:
        file = self._request.file
        self._stream: Any = SourceStream(file, _CHUNKS_READ * self._request.chunk_bytes)
        is_file = file.read(0, min(len(_FILE_MAGIC), file.size)) == _FILE_MAGIC
        opened: Any = (pa.ipc.open_file if is_file else pa.ipc.open_stream)(self._stream)
        self._next = self._of_file(opened) if is_file else self._of_stream(opened)
        found: pa.Schema = opened.schema
        return found

    def _blocks(self) -> Iterator[_Block]:
        while True:
            self._request.file.check_unchanged()
            with self._reading():
                block = next(self._next, None)
                if block is None:
                    return
                for column in block.batch.columns:
                    check_values(column)
            yield block

    def _of_file(self, reader: Any) -> Iterator[_Block]:
        count, size = reader.num_record_batches, self._request.file.size
        for part in range(count):
            batch = reader.get_batch(part).select(self._names)
            yield _Block(batch, size * part // count, size * (part + 1) // count)

    def _of_stream(self, reader: Any) -> Iterator[_Block]:
        start = self._stream.tell()
        for batch in reader:
            end = self._stream.tell()
            yield _Block(batch.select(self._names), start, end)
            start = end
        rest = self._request.file.size - self._stream.tell()
        if rest:
            raise pa.ArrowInvalid(f"{rest} bytes follow the end of the stream")
