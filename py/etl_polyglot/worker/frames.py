"""Frames: a 16-byte prefix, a JSON header, and perhaps a body.

The prefix is magic, header length, body length and CRC-32 over header and body, each a
little-endian u32. The constants stand in `shared-schemas/wire/protocol.json`.
"""

import os
import struct
import threading
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BufferedReader
from typing import Any

import orjson
import pyarrow as pa

from etl_polyglot.generated.protocol import (
    MAGIC,
    MAX_HEADER_BYTES,
    MAX_INLINE_BODY_BYTES,
    PREFIX_BYTES,
)

_PREFIX = struct.Struct("<4I")
assert _PREFIX.size == PREFIX_BYTES


class FrameError(Exception):
    """The bytes are not frames; there is no way back into step."""


class FrameTooLargeError(Exception):
    """A header or a body is larger than the protocol carries.

    Attributes:
        limit: how many bytes it may have.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(f"a frame part exceeds {limit} bytes")
        self.limit = limit


@dataclass(frozen=True, slots=True)
class Frame:
    """One message: its JSON text, and the body that came behind it."""

    header: bytes
    body: pa.Buffer | None


class FrameReader:
    """Reads frames from a pipe."""

    def __init__(self, stream: BufferedReader) -> None:
        self._stream = stream

    def read(self) -> Frame | None:
        """Wait for the next frame; None at the end of the stream, also in the middle of a frame.

        Raises:
            FrameError: a wrong magic number, an over-long length, or a wrong checksum. Lengths
                are checked before anything is allocated for them.
        """
        prefix = self._stream.read(PREFIX_BYTES)
        if len(prefix) < PREFIX_BYTES:
            return None
        magic, header_bytes, body_bytes, checksum = _PREFIX.unpack(prefix)
        if magic != MAGIC:
            raise FrameError(f"not a frame: it starts with {prefix[:4]!r}")
        if not 0 < header_bytes <= MAX_HEADER_BYTES:
            raise FrameError(f"a header of {header_bytes} bytes (at most {MAX_HEADER_BYTES})")
        if body_bytes > MAX_INLINE_BODY_BYTES:
            raise FrameError(f"a body of {body_bytes} bytes (at most {MAX_INLINE_BODY_BYTES})")
        header = self._stream.read(header_bytes)
        body = pa.allocate_buffer(body_bytes) if body_bytes else None
        if len(header) < header_bytes:
            return None
        if body is not None and self._stream.readinto(memoryview(body)) < body_bytes:
            return None
        found = zlib.crc32(header)
        if body is not None:
            found = zlib.crc32(body, found)
        if found != checksum:
            raise FrameError("the checksum does not match")
        return Frame(header, body)


class FrameWriter:
    """Writes frames to a pipe, whole, from any thread."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._lock = threading.Lock()

    def write(self, header: Mapping[str, Any], body: pa.Buffer | None = None) -> None:
        """Write one frame; waits while the pipe is full.

        Raises:
            FrameTooLargeError: the header or the body exceeds the protocol's limits.
            TypeError: the header cannot be written as JSON.
        """
        text = orjson.dumps(header)
        if len(text) > MAX_HEADER_BYTES:
            raise FrameTooLargeError(MAX_HEADER_BYTES)
        body_bytes = body.size if body is not None else 0
        if body_bytes > MAX_INLINE_BODY_BYTES:
            raise FrameTooLargeError(MAX_INLINE_BODY_BYTES)
        checksum = zlib.crc32(text)
        if body is not None and body_bytes:
            checksum = zlib.crc32(body, checksum)
        head = memoryview(_PREFIX.pack(MAGIC, len(text), body_bytes, checksum) + text)
        with self._lock:
            if body is not None and body_bytes:
                self._write_all([head, memoryview(body).cast("B")])
            else:
                self._write_all([head])

    def _write_all(self, parts: list[memoryview]) -> None:
        while parts:
            written = os.writev(self._fd, parts)
            while parts and written >= parts[0].nbytes:
                written -= parts.pop(0).nbytes
            if parts:
                parts[0] = parts[0][written:]
