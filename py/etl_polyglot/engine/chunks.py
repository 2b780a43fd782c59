"""Cutting a text source into chunks at record boundaries."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from etl_polyglot.engine.file import SourceFile
from etl_polyglot.engine.records import RAW_LIMIT, Chunk, Records
from etl_polyglot.engine.stop import checkpoint

CHUNK_BYTES = 16 * 1024 * 1024
"""Bytes that a chunk aims at."""

CHUNK_RECORDS = 65_536
"""Records, or lines, that a chunk has at most: what is kept of a record is more than a byte."""

MAX_RECORD_BYTES = 32 * 1024 * 1024
"""Longer records are rejected, so that one unclosed quote cannot take the rest of a file."""


class Boundary(NamedTuple):
    """Where a window is to be cut, and the extents of the records before it if known."""

    cut: int
    records: Records | None = None


BoundaryFinder = Callable[[bytes, bool], Boundary | None]
"""Finds the end of the last whole record of a window that begins with a record.

The second argument says whether the window reaches the end of the source, which also ends its
last record. None: the window holds no whole record.
"""


def cut_chunks(
    file: SourceFile,
    start: int,
    first_line: int,
    find_boundary: BoundaryFinder,
    chunk_bytes: int,
    max_record_bytes: int,
) -> Iterator[Chunk]:
    """Cut a source into chunks; no chunk border ever falls inside a record.

    Parameters:
        file: the source.
        start: the byte offset of the first record.
        first_line: the physical line on which it stands.
        find_boundary: the format's rule.
        chunk_bytes: the size to aim at.
        max_record_bytes: a record that is longer becomes an oversized chunk of its own.

    Returns:
        The chunks in source order, with at most one window in memory beside them.
    """
    number, at, line, wanted = 0, start, first_line, chunk_bytes
    # A record of the greatest length and its CRLF fit into the largest window.
    largest = max_record_bytes + 2
    while at < file.size:
        begin, end = at, min(at + wanted, file.size)
        window = file.read(at, end)
        lines = _first_lines(window)
        boundary = find_boundary(lines, False) if len(lines) < len(window) else None
        if boundary is None:  # also where one record has more lines than that
            boundary = find_boundary(window, end == file.size)
        if boundary is None and len(window) < largest:
            wanted = min(2 * wanted, largest)
            continue
        if boundary is not None:
            data = window[: boundary.cut]
            yield Chunk(number, at, at + boundary.cut, line, data, boundary.records)
            at += boundary.cut
            line += count_lines(data)
        else:
            stop = _line_end(file, end, chunk_bytes)
            yield recall(file, Chunk(number, at, stop, line, b"", oversized=True))
            at = stop
            line += count_lines(window) + 1
        # Of short records a window holds more than a chunk may; they would be read many times.
        number, wanted = number + 1, min((at - begin) * 5 // 4 + 1, chunk_bytes)


def count_lines(data: bytes) -> int:
    """How many line feeds there are; three times as fast as `bytes.count`."""
    return int(np.count_nonzero(np.frombuffer(data, np.uint8) == 0x0A))


def recall(file: SourceFile, chunk: Chunk) -> Chunk:
    """Read the bytes of a chunk again; of an oversized one the part that a reject shows."""
    if not chunk.oversized:
        return replace(chunk, data=file.read(chunk.start, chunk.end))
    head = file.read(chunk.start, min(chunk.end, chunk.start + RAW_LIMIT + 2))
    if len(head) == chunk.end - chunk.start and head.endswith(b"\n"):
        head = head[:-1].removesuffix(b"\r")
    return replace(chunk, data=head)


def _first_lines(window: bytes) -> bytes:
    if count_lines(window) <= CHUNK_RECORDS:
        return window
    ends = np.flatnonzero(np.frombuffer(window, np.uint8) == 0x0A)
    return window[: int(ends[CHUNK_RECORDS - 1]) + 1]


def last_line_end(window: bytes, at_end: bool) -> Boundary | None:
    """The boundary rule of formats in which every line end ends a record."""
    if at_end:
        return Boundary(len(window))
    cut = window.rfind(b"\n") + 1
    return Boundary(cut) if cut else None


def _line_end(file: SourceFile, at: int, block: int) -> int:
    while at < file.size:
        checkpoint()
        end = min(at + block, file.size)
        found = file.read(at, end).find(b"\n")
        if found >= 0:
            return at + found + 1
        at = end
    return file.size
