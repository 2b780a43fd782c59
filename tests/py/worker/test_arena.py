"""Request bodies are read where they lie; a slot is kept exactly as long as any of it is read."""

import gc
import mmap
import os
import sys
import threading

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from etl_polyglot.generated.protocol import SLOT_HEADER_BYTES
from etl_polyglot.worker.arena import BodyCorruptError, Place, RequestArena
from etl_polyglot.worker.memory import WritableMemory, map_readable
from etl_polyglot.worker.releases import Releases
from etl_polyglot.worker.slot import seal_slot

SIZE = 1 << 20
OFFSET = 4096 + SLOT_HEADER_BYTES


class Noted(Releases):
    """Notes what is released in place of telling Node."""

    def __init__(self):
        super().__init__()
        self.slots = []

    def release(self, offset, generation):
        self.slots.append((offset, generation))


class Written:
    """An arena that holds one body, as Node would have written it."""

    def __init__(self, body: bytes, generation: int = 7) -> None:
        self.memory = mmap.mmap(-1, SIZE)
        self.place = Place(OFFSET, len(body), generation)
        self.memory[OFFSET : OFFSET + len(body)] = body
        seal_slot(memoryview(self.memory), self.place)
        self.releases = Noted()
        self.arena = RequestArena(self.memory, self.releases)

    def open(self) -> pa.Buffer:
        return self.arena.open(*self.place)

    @property
    def released(self) -> list[tuple[int, int]]:
        slots, self.releases.slots = self.releases.slots, []
        return slots


def stream_of(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


NUMBERS = pa.table({"n": pa.array(range(10_000), pa.int64())})


def test_a_body_is_viewed_where_it_lies():
    written = Written(b"data" * 3000)
    body = written.open()
    assert body.to_pybytes() == b"data" * 3000
    written.memory[OFFSET : OFFSET + 4] = b"next"
    assert body.to_pybytes()[:8] == b"nextdata"


def test_a_slot_is_released_when_its_buffer_is_gone():
    written = Written(b"x" * 100)
    body = written.open()
    part = body.slice(10, 10)
    del body
    assert written.released == []
    del part
    assert written.released == [(OFFSET, 7)]
    assert written.released == []


def array_of(table: pa.Table) -> "np.ndarray":
    return table["n"].chunk(0).to_numpy(zero_copy_only=True)


@pytest.mark.parametrize(
    "show",
    [
        lambda table: table.slice(5),
        lambda table: table["n"],
        lambda table: table.to_pandas(types_mapper=pd.ArrowDtype),
        array_of,
        lambda table: array_of(table)[100:].view(np.uint8),
    ],
    ids=["table", "column", "pandas", "numpy", "view of numpy"],
)
def test_whatever_shows_a_body_keeps_its_slot(show):
    written = Written(stream_of(NUMBERS))
    held = [show(pa.ipc.open_stream(written.open()).read_all())]
    gc.collect()
    assert written.released == []
    held.clear()
    gc.collect()
    assert written.released == [(OFFSET, 7)]


def test_a_slot_is_released_by_whichever_thread_drops_it():
    written = Written(b"x" * 100)
    held = [written.open()]
    thread = threading.Thread(target=held.clear)
    thread.start()
    thread.join()
    assert written.released == [(OFFSET, 7)]


def test_a_slot_in_a_reference_cycle_is_released_when_the_cycle_is_collected():
    written = Written(b"x" * 100)
    cycle: dict[str, object] = {"body": written.open()}
    cycle["self"] = cycle
    del cycle
    assert written.released == []
    gc.collect()
    assert written.released == [(OFFSET, 7)]


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        ((OFFSET - 64, b"\0"), "magic"),
        ((OFFSET - 60, b"\x08"), "generation 8"),
        ((OFFSET - 56, b"\0"), "bytes of generation 7"),
        ((OFFSET - 52, b"\0\0\0\0"), "checksum"),
        ((OFFSET, b"!"), "checksum"),
        ((OFFSET + 20_000 - 1, b"!"), "checksum"),
    ],
    ids=["magic", "generation", "length", "checksum", "first byte", "last byte"],
)
def test_a_damaged_slot_is_not_read_but_given_back(damage, says):
    written = Written(b"x" * 20_000)
    at, bytes_ = damage
    written.memory[at : at + len(bytes_)] = bytes_
    with pytest.raises(BodyCorruptError, match=says):
        written.open()
    assert written.released == [(OFFSET, 7)]


def test_a_slot_outside_the_arena_is_no_slot():
    written = Written(b"x" * 100)
    for place in [(SIZE - 1, 2, 7), (0, 2, 7), (SIZE * 2, 1, 7)]:
        with pytest.raises(ValueError, match="outside the arena"):
            written.arena.open(*place)
    assert written.released == []


def test_what_was_received_cannot_be_written(tmp_path):
    with (tmp_path / "arena").open("w+b") as file:
        file.truncate(SIZE)
        body = memoryview(map_readable(file.fileno(), SIZE))[:100]
    assert not pa.py_buffer(body).is_mutable
    with pytest.raises(TypeError, match="read-only"):
        body[0] = 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux allocates ahead of the first use")
def test_memory_is_really_provided_when_it_is_allocated():
    fd = os.memfd_create("arena")
    os.ftruncate(fd, SIZE)
    memory = WritableMemory(fd, SIZE)
    assert os.fstat(fd).st_blocks == 0
    memory.allocate(SIZE // 2, SIZE // 4)
    assert os.fstat(fd).st_blocks * 512 == SIZE // 4
    memory.bytes[SIZE // 2] = 5
    assert os.pread(fd, 1, SIZE // 2) == b"\x05"
    assert not os.get_inheritable(fd)
    os.close(fd)
    with pytest.raises(OSError, match="Bad file descriptor"):
        memory.allocate(0, SIZE)
