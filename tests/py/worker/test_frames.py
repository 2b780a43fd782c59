"""Frames come back whole however the pipe cuts them, and nothing else passes for one."""

import io
import os
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import orjson
import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from etl_polyglot.generated.protocol import (
    MAGIC,
    MAX_HEADER_BYTES,
    MAX_INLINE_BODY_BYTES,
    PREFIX_BYTES,
)
from etl_polyglot.worker.frames import (
    Frame,
    FrameError,
    FrameReader,
    FrameTooLargeError,
    FrameWriter,
)

HEADER = {"kind": "reply", "text": "naïve 😀"}
BODY = b"\x00\x01\x02\xff"


class Pipe(io.RawIOBase):
    """A stream that delivers the given chunks, one a read."""

    def __init__(self, chunks: list[bytes]) -> None:
        self._chunks = [chunk for chunk in chunks if chunk]

    def readable(self) -> bool:
        return True

    def readinto(self, target) -> int:
        if not self._chunks:
            return 0
        chunk = self._chunks[0][: len(target)]
        target[: len(chunk)] = chunk
        self._chunks[0] = self._chunks[0][len(chunk) :]
        if not self._chunks[0]:
            del self._chunks[0]
        return len(chunk)


@contextmanager
def pipe() -> Iterator[tuple[Callable[[], bytes], int]]:
    """A real pipe: its writing end, and what was read from it by the end."""
    reading, writing = os.pipe()
    received = bytearray()

    def drain() -> None:
        while chunk := os.read(reading, 1 << 16):
            received.extend(chunk)

    thread = threading.Thread(target=drain, daemon=True)
    thread.start()
    ends = [writing]

    def finish() -> bytes:
        while ends:
            os.close(ends.pop())
        thread.join(10)
        return bytes(received)

    try:
        yield finish, writing
    finally:
        finish()  # a failed test has not, and its thread would wait for ever
        os.close(reading)


def written(*frames: tuple[dict, bytes | None]) -> bytes:
    with pipe() as (finish, fd):
        writer = FrameWriter(fd)
        for header, body in frames:
            writer.write(header, None if body is None else pa.py_buffer(body))
        return finish()


def read_all(chunks: list[bytes]) -> list[Frame]:
    reader = FrameReader(io.BufferedReader(Pipe(chunks)))
    return list(iter(reader.read, None))


def contents(frames: list[Frame]) -> list[tuple[dict, bytes | None]]:
    return [
        (orjson.loads(frame.header), None if frame.body is None else frame.body.to_pybytes())
        for frame in frames
    ]


def test_frames_come_back_whole_when_the_pipe_cuts_them_at_any_byte():
    data = written((HEADER, BODY), ({"kind": "second"}, None))
    for cut in range(len(data) + 1):
        frames = contents(read_all([data[:cut], data[cut:]]))
        assert frames == [(HEADER, BODY), ({"kind": "second"}, None)]


def test_frames_come_back_whole_byte_by_byte():
    data = written((HEADER, BODY))
    assert contents(read_all([bytes([byte]) for byte in data])) == [(HEADER, BODY)]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(
    frames=st.lists(
        st.tuples(st.dictionaries(st.text(), JSON, max_size=3), st.none() | st.binary(min_size=1)),
        max_size=4,
    ),
    cuts=st.lists(st.integers(1, 200), max_size=20),
)
def test_frames_come_back_equal_whatever_they_carry(frames, cuts):
    rest = written(*frames)
    chunks = []
    for cut in cuts:
        chunks.append(rest[:cut])
        rest = rest[cut:]
    assert contents(read_all([*chunks, rest])) == frames


def test_a_stream_that_ends_within_a_frame_has_ended():
    data = written((HEADER, BODY))
    for cut in range(len(data)):
        assert read_all([data[:cut]]) == []


@pytest.mark.parametrize(
    ("offset", "value", "message"),
    [
        (0, MAGIC + 1, "not a frame"),
        (4, MAX_HEADER_BYTES + 1, "a header of"),
        (4, 0, "a header of 0 bytes"),
        (8, 0xFFFFFFFF, "a body of 4294967295 bytes"),
        (12, 0, "checksum"),
    ],
)
def test_what_is_no_frame_is_refused(offset, value, message):
    data = bytearray(written((HEADER, BODY)))
    struct.pack_into("<I", data, offset, value)
    with pytest.raises(FrameError, match=message):
        read_all([bytes(data)])


def test_a_frame_of_which_any_byte_was_changed_is_refused():
    data = written((HEADER, BODY))
    for index in range(PREFIX_BYTES, len(data)):
        changed = bytearray(data)
        changed[index] ^= 1
        with pytest.raises(FrameError, match="checksum"):
            read_all([bytes(changed)])


@given(at=st.integers(0, 10_000), noise=st.binary(min_size=1, max_size=40), inserted=st.booleans())
def test_frames_end_at_the_first_byte_that_is_not_right(at, noise, inserted):
    frames = [(HEADER, BODY), (HEADER, None), (HEADER, BODY)]
    data = written(*frames)
    at %= len(data)
    noisy = data[:at] + noise + data[at if inserted else at + len(noise) :]
    assume(noisy != data)
    reader, seen = FrameReader(io.BufferedReader(Pipe([noisy]))), []
    with suppress(FrameError):
        while (frame := reader.read()) is not None:
            seen.append(orjson.loads(frame.header))
    assert len(seen) >= sum(at >= len(written(*frames[: count + 1])) for count in range(3))
    assert all(header == HEADER for header in seen)


@given(st.binary(max_size=200))
def test_no_frame_comes_of_what_is_none(data):
    with suppress(FrameError):
        assert read_all([data]) == []


def test_a_body_starts_aligned_for_arrow():
    (frame,) = read_all([written((HEADER, BODY))])
    assert frame.body is not None
    assert frame.body.address % 64 == 0


def test_frames_from_many_threads_stay_whole():
    body = bytes(range(256)) * 400
    with pipe() as (finish, fd):
        writer = FrameWriter(fd)
        threads = [
            threading.Thread(target=writer.write, args=({"n": n}, pa.py_buffer(body)), daemon=True)
            for n in range(20)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        frames = contents(read_all([finish()]))
    assert sorted(header["n"] for header, _ in frames) == list(range(20))
    assert all(found == body for _, found in frames)


@pytest.mark.parametrize(
    ("header", "size"),
    [({"text": "x" * MAX_HEADER_BYTES}, 0), ({}, MAX_INLINE_BODY_BYTES + 1)],
)
def test_what_exceeds_the_protocol_is_not_written(header, size):
    with pipe() as (finish, fd):
        with pytest.raises(FrameTooLargeError):
            FrameWriter(fd).write(header, pa.allocate_buffer(size))
        assert finish() == b""
