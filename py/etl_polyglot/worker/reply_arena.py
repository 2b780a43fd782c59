"""The arena that this worker writes: one slot a reply body."""

import math
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

import pyarrow as pa

from etl_polyglot.generated.protocol import ARENA_BLOCK_BYTES, SLOT_HEADER_BYTES
from etl_polyglot.worker.body import Body, write_body
from etl_polyglot.worker.ranges import Ranges
from etl_polyglot.worker.slot import Place, seal_slot, slot_bytes, slot_range

_MAX_GENERATION = 0xFFFF_FFFF
_SECONDS_BETWEEN_LOOKS = 0.05  # at whether anybody still waits for a reply
_SECONDS_BEFORE_A_HINT = 5.0


class ReplyAbandonedError(Exception):
    """Nobody waits any more for the reply that waited for room."""


class Memory(Protocol):
    """What a reply arena is made of."""

    bytes: memoryview

    def allocate(self, offset: int, length: int) -> None:
        """Have a range really provided; raises OSError when there is no memory for it."""


class ReplyArena:
    """The memory that this worker writes reply bodies into, and Node reads.

    Replies that find no room wait for Node to release others, in the order in which they came.

    Args:
        memory: the arena.
        limit: how many of its bytes, from the first one on, may be used.
    """

    def __init__(self, memory: Memory, limit: int) -> None:
        self._memory = memory
        offset, self._room_for_slots = slot_range(limit)
        self._ranges = Ranges(offset, self._room_for_slots)
        self._generations: dict[int, int] = {}
        self._last_generation = 0
        self._room = threading.Condition()
        self._waiting: deque[object] = deque()
        self._allocating = threading.Lock()
        self._allocated = bytearray(-(-limit // ARENA_BLOCK_BYTES))

    @property
    def slots(self) -> int:
        """How many slots Node has not released."""
        return len(self._generations)

    def put(self, body: Body, length: int, abandoned: Callable[[], bool]) -> Place | None:
        """Write a body into a slot; None when it must go another way.

        Args:
            body: bytes, or what is written as an Arrow IPC stream, straight into the slot.
            length: its bytes, as `body_bytes` counts them.
            abandoned: whether nobody waits for the reply any more; asked while it waits for room.

        Returns:
            Where the body lies; None when it is larger than the arena, or the system has no memory.

        Raises:
            ReplyAbandonedError: it waited for room, and nobody waits for it any more.
        """
        taken = slot_bytes(length)
        if taken > self._room_for_slots:
            return None
        start = self._take(taken, abandoned)
        try:
            if not self._allocate(start, taken):
                self._give(start)
                return None
            offset = start + SLOT_HEADER_BYTES
            write_body(body, pa.py_buffer(self._memory.bytes[offset : offset + length]))
            place = Place(offset, length, self._next_generation(start))
            seal_slot(self._memory.bytes, place)
        except BaseException:
            self._give(start)
            raise
        return place

    def free(self, offset: int, generation: int) -> None:
        """Node has no more use for a slot.

        Raises:
            ValueError: there is no such slot.
        """
        start = offset - SLOT_HEADER_BYTES
        if self._generations.get(start) != generation:
            raise ValueError(f"a release of no slot: {offset}, generation {generation}")
        self._give(start)

    def _take(self, length: int, abandoned: Callable[[], bool]) -> int:
        turn = object()
        hint_at = time.monotonic() + _SECONDS_BEFORE_A_HINT
        with self._room:
            self._waiting.append(turn)
            try:
                while self._waiting[0] is not turn or (start := self._ranges.take(length)) is None:
                    self._room.wait(_SECONDS_BETWEEN_LOOKS)
                    if abandoned():
                        raise ReplyAbandonedError
                    if time.monotonic() > hint_at:
                        hint_at = math.inf
                        self._hint(length)
                return start
            finally:
                self._waiting.remove(turn)
                self._room.notify_all()

    def _hint(self, length: int) -> None:
        print(
            f"a reply of {length} bytes waits for room: Node has not released {self.slots} others, "
            f"of {self._room_for_slots} bytes together at most; call release() when they are read",
            file=sys.stderr,
        )

    def _give(self, start: int) -> None:
        with self._room:
            self._generations.pop(start, None)
            self._ranges.give(start)
            self._room.notify_all()

    def _next_generation(self, start: int) -> int:
        with self._room:
            last = self._last_generation
            self._last_generation = 1 if last == _MAX_GENERATION else last + 1
            self._generations[start] = self._last_generation
            return self._last_generation

    def _allocate(self, start: int, length: int) -> bool:
        """Have the blocks of a range provided that no slot has needed before."""
        blocks = range(start // ARENA_BLOCK_BYTES, -(-(start + length) // ARENA_BLOCK_BYTES))
        with self._allocating:
            missing = [block for block in blocks if not self._allocated[block]]
            if not missing:
                return True
            first, last = missing[0], missing[-1] + 1
            offset = first * ARENA_BLOCK_BYTES
            end = min(last * ARENA_BLOCK_BYTES, len(self._memory.bytes))
            try:
                self._memory.allocate(offset, end - offset)
            except OSError as error:
                print(f"no memory for a reply of {length} bytes: {error}", file=sys.stderr)
                return False
            self._allocated[first:last] = b"\1" * (last - first)
            return True
