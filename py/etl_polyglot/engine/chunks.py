"""Cutting a text source into chunks at record boundaries."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np

from etl_polyglot.engine.file import SourceFile
from etl_polyglot.engine.records import RAW_LIMIT, Chunk, Records
from etl_polyglot.engine.stop import checkpoint

CHUNK_BYTES = 16 * 1024 * 1024
"""Bytes that a chunk aims at."""

CHUNK_RECORDS = 65_536
"""Records, or lines, that a chunk has at most: what is kept of a record is more than a byte."""

_AIMED_RECORDS = CHUNK_RECORDS * 15 // 16
"""Records that a window aims at, so that most have not more than a chunk may."""

_NEAR_BYTES = 4096

MAX_RECORD_BYTES = 32 * 1024 * 1024
"""Longer records are rejected, so that one unclosed quote cannot take the rest of a file."""


_SEARCHED_BYTES = 1024 * 1024
"""What is read at a time to find the end of a record that is too long."""


class Boundary(NamedTuple):
    """Where a window is to be cut, and the extents of the records before it if known."""

    cut: int
    records: Records | None = None


BoundaryFinder = Callable[[bytes, bool], Boundary | None]
"""Finds the end of the last whole record of a window that begins with a record.

The second argument says whether the window reaches the end of the source, which also ends its
last record. None: the window holds no whole record.
"""

EndFinder = Callable[[int, int], tuple[int, int]]
"""Finds the end of a record longer than a record may be.

It takes the offset at which the record begins and one up to which it certainly reaches, and gives
the offset behind the record and the line feeds between these two.
"""


def cut_chunks(
    file: SourceFile,
    start: int,
    first_line: int,
    find_boundary: BoundaryFinder,
    chunk_bytes: int,
    max_record_bytes: int,
    find_end: EndFinder | None = None,
) -> Iterator[Chunk]:
    """Cut a source into chunks; no chunk border ever falls inside a record.

    Parameters:
        file: the source.
        start: the byte offset of the first record.
        first_line: the physical line on which it stands.
        find_boundary: the format's rule.
        chunk_bytes: the size to aim at.
        max_record_bytes: a record that is longer becomes an oversized chunk of its own.
        find_end: the format's rule for where such a record ends; None: with its line.

    Returns:
        The chunks in source order, with at most one window in memory beside them.
    """
    number, at, line, wanted, whole_lines = 0, start, first_line, chunk_bytes, True
    # A record of the greatest length and its CRLF fit into the largest window.
    largest = max_record_bytes + 2
    while at < file.size:
        end = min(at + wanted, file.size)
        if whole_lines and end < file.size:
            end = _line_end_before(file, at, end)
        window = file.read(at, end)
        lines = count_lines(window)
        boundary = None
        if lines > CHUNK_RECORDS:
            first = _first_lines(window)
            boundary = find_boundary(first, False)
            if boundary is not None:
                window, lines = first, CHUNK_RECORDS
        if boundary is None:  # also where one record has more lines than that
            boundary = find_boundary(window, end == file.size)
        if boundary is None and len(window) < largest:
            wanted, whole_lines = min(2 * wanted, largest), False
            continue
        if boundary is not None:
            lines -= count_lines(window[boundary.cut :])
            data = window[: boundary.cut]
            yield Chunk(number, at, at + boundary.cut, line, data, boundary.records)
            wanted = min(boundary.cut * _AIMED_RECORDS // max(lines, 1) + 1, chunk_bytes)
            at += boundary.cut
            line += lines
        else:
            stop, more = (find_end or partial(_line_end, file))(at, end)
            yield recall(file, Chunk(number, at, stop, line, b"", oversized=True))
            wanted = chunk_bytes
            at = stop
            line += lines + more
        number, whole_lines = number + 1, True


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
    ends = np.flatnonzero(np.frombuffer(window, np.uint8) == 0x0A)
    return window[: int(ends[CHUNK_RECORDS - 1]) + 1]


def _line_end_before(file: SourceFile, start: int, end: int) -> int:
    """The end of the last line before an offset, if it is near: cut there, a window is a chunk
    as it is, while any other would be copied."""
    near = max(start, end - _NEAR_BYTES)
    found = file.read(near, end).rfind(b"\n")
    return end if found < 0 else near + found + 1


def last_line_end(window: bytes, at_end: bool) -> Boundary | None:
    """The boundary rule of formats in which every line end ends a record."""
    if at_end:
        return Boundary(len(window))
    cut = window.rfind(b"\n") + 1
    return Boundary(cut) if cut else None


def _line_end(file: SourceFile, start: int, reached: int) -> tuple[int, int]:
    at = reached
    while at < file.size:
        checkpoint()
        end = min(at + _SEARCHED_BYTES, file.size)
        found = file.read(at, end).find(b"\n")
        if found >= 0:
            return at + found + 1, 1
        at = end
    return file.size, 0
