"""The two arenas of shared memory that Node hands to a worker: requests in, replies out."""

import mmap
import os
import stat
import threading
from bisect import bisect_left
from dataclasses import dataclass

import pyarrow as pa

from etl_polyglot.generated.protocol import (
    ARENA_BYTES,
    REPLY_ARENA_FD,
    REQUEST_ARENA_FD,
    SLOT_ALIGNMENT_BYTES,
)


class RequestArena:
    """The memory that Node writes request bodies into; read-only here."""

    def __init__(self, memory: mmap.mmap) -> None:
        self._buffer = pa.py_buffer(memory)

    def view(self, offset: int, length: int) -> pa.Buffer:
        """The bytes of a slot, uncopied. Node reuses them once the call is answered.

        Raises:
            ValueError: the slot lies outside the arena.
        """
        if offset + length > self._buffer.size:
            raise ValueError(f"slot {offset}+{length} lies outside the arena")
        return self._buffer.slice(offset, length)


class ReplyArena:
    """The memory that this worker writes reply bodies into: slots, first fit."""

    def __init__(self, memory: mmap.mmap) -> None:
        self._memory = memoryview(memory)
        self._lock = threading.Lock()
        self._taken: dict[int, int] = {}
        self._free: list[tuple[int, int]] = [(0, len(memory))]  # sorted, never adjacent

    @property
    def slots(self) -> int:
        """How many slots Node has not released."""
        return len(self._taken)

    def put(self, body: pa.Buffer) -> int | None:
        """Copy a body into a slot; its offset, or None when there is no room."""
        blocks = max(-(-body.size // SLOT_ALIGNMENT_BYTES), 1)
        offset = self._allocate(blocks * SLOT_ALIGNMENT_BYTES)
        if offset is not None:
            slot = pa.py_buffer(self._memory[offset : offset + body.size])
            pa.FixedSizeBufferWriter(slot).write(body)  # copies without holding the GIL
        return offset

    def free(self, offset: int) -> None:
        """Give a slot back.

        Raises:
            KeyError: no slot starts there.
        """
        with self._lock:
            length = self._taken.pop(offset)
            index = bisect_left(self._free, (offset, 0))
            if index < len(self._free) and self._free[index][0] == offset + length:
                length += self._free.pop(index)[1]
            if index > 0 and sum(self._free[index - 1]) == offset:
                index -= 1
                offset, before = self._free.pop(index)
                length += before
            self._free.insert(index, (offset, length))

    def _allocate(self, length: int) -> int | None:
        with self._lock:
            for index, (offset, available) in enumerate(self._free):
                if available < length:
                    continue
                if available == length:
                    del self._free[index]
                else:
                    self._free[index] = (offset + length, available - length)
                self._taken[offset] = length
                return offset
        return None


@dataclass(frozen=True)
class Arenas:
    """Both arenas of this worker."""

    request: RequestArena
    reply: ReplyArena


def inherit_arenas() -> Arenas | None:
    """Map the arenas at the descriptors that Node opened for them; None when it opened none."""
    request = _map(REQUEST_ARENA_FD, mmap.PROT_READ)
    reply = _map(REPLY_ARENA_FD, mmap.PROT_READ | mmap.PROT_WRITE)
    if request is None or reply is None:
        return None
    return Arenas(RequestArena(request), ReplyArena(reply))


def _map(fd: int, protection: int) -> mmap.mmap | None:
    status = os.fstat(fd)
    if not stat.S_ISREG(status.st_mode) or status.st_size != ARENA_BYTES:
        return None
    memory = mmap.mmap(fd, ARENA_BYTES, flags=mmap.MAP_SHARED, prot=protection)
    os.close(fd)
    return memory
