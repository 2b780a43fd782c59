"""The two arenas of shared memory that Node hands to a worker: requests in, replies out."""

import mmap
import os
import sys
import weakref
from dataclasses import dataclass

import pyarrow as pa

from etl_polyglot.generated.protocol import ARENA_BYTES, REPLY_ARENA_FD, REQUEST_ARENA_FD
from etl_polyglot.worker.memory import WritableMemory, map_readable
from etl_polyglot.worker.releases import Releases
from etl_polyglot.worker.reply_arena import ReplyAbandonedError, ReplyArena
from etl_polyglot.worker.slot import BodyCorruptError, Place, check_slot

__all__ = [
    "Arenas",
    "BodyCorruptError",
    "Place",
    "ReplyAbandonedError",
    "ReplyArena",
    "RequestArena",
    "inherit_arenas",
]


class RequestArena:
    """The memory that Node writes request bodies into; read-only here.

    Args:
        releases: is told of each slot that nothing here refers to any more; Node keeps the slot,
            and the memory that it counts, until it hears of that.
    """

    def __init__(self, memory: mmap.mmap, releases: Releases) -> None:
        self._memory = memoryview(memory)
        self._releases = releases

    def open(self, offset: int, length: int, generation: int) -> pa.Buffer:
        """The body of a slot, uncopied, once it is found to be what its frame says.

        The slot is this worker's until the last buffer, table, frame or array that shows any of it
        is gone; it is then released, as it is when the check fails.

        Raises:
            ValueError: the slot lies outside the arena.
            BodyCorruptError: it holds something else than its frame says.
        """
        try:
            check_slot(self._memory, Place(offset, length, generation))
        except BodyCorruptError:
            self._releases.opened()
            self._releases.release(offset, generation)
            raise
        self._releases.opened()
        # Whatever shows the body refers to this view in the end.
        body = self._memory[offset : offset + length]
        weakref.finalize(body, self._releases.release, offset, generation).atexit = False
        return pa.py_buffer(body)


@dataclass(frozen=True)
class Arenas:
    """Both arenas of this worker."""

    request: RequestArena
    reply: ReplyArena
    releases: Releases


def inherit_arenas() -> Arenas | None:
    """Map the arenas at the descriptors that Node opened for them; None when there are none.

    `ETL_REPLY_ARENA_BYTES` in the environment bounds the memory of the reply arena.
    """
    if not all(os.fstat(fd).st_size == ARENA_BYTES for fd in (REQUEST_ARENA_FD, REPLY_ARENA_FD)):
        return None
    limit = min(int(os.environ.get("ETL_REPLY_ARENA_BYTES", ARENA_BYTES)), ARENA_BYTES)
    releases = Releases()
    try:
        request = map_readable(REQUEST_ARENA_FD, ARENA_BYTES)
        reply = WritableMemory(REPLY_ARENA_FD, ARENA_BYTES)
    except OSError as error:
        print(f"the shared memory cannot be mapped: {error}", file=sys.stderr)
        os.close(REPLY_ARENA_FD)
        return None
    finally:
        os.close(REQUEST_ARENA_FD)
    return Arenas(RequestArena(request, releases), ReplyArena(reply, limit), releases)
