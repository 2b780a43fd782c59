"""The two streams that a call may have: chunks from Node, and the credit for chunks to Node."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from etl_polyglot.generated.protocol import STREAM_CREDIT_CHUNKS
from etl_polyglot.worker.frames import FrameError

_PORTION = max(1, STREAM_CREDIT_CHUNKS // 2)
"""Credit goes back in portions of this: half the window, so that Node need not stop. Who is about
to wait gives back what there is: the memory for the next chunk may hang on it."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """One part of a call's input: a JSON value, and perhaps a body, uncopied."""

    value: Any = None
    body: pa.Buffer | None = None


class StreamCancelledError(Exception):
    """Nobody waits for the call whose stream it is."""


class InputStream(Iterator[Chunk]):
    """What a method iterates as `call.chunks`: waits for Node, and lets it send on.

    Iterating raises StreamCancelledError when the call is cancelled, and what `end` was told when
    Node's iterator has failed.

    Args:
        cancelled: set when the call is cancelled; `wake` must be called then.
        grant: tells Node that it may send so many more chunks.
        before_wait: called by a thread that is about to wait for a chunk.
    """

    def __init__(
        self,
        cancelled: threading.Event,
        grant: Callable[[int], None],
        before_wait: Callable[[], None],
    ) -> None:
        self._cancelled = cancelled
        self._grant = grant
        self._before_wait = before_wait
        self._changed = threading.Condition()
        self._arrived: deque[Chunk | Exception] = deque()
        self._credit = STREAM_CREDIT_CHUNKS
        self._taken = 0
        self._ended = False
        self._failure: Callable[[], Exception] | None = None

    def push(self, chunk: Chunk | Exception) -> None:
        """Take in a chunk, or why it cannot be read; never waits.

        Raises:
            FrameError: Node had no credit for it.
        """
        with self._changed:
            if self._credit == 0 or self._ended:
                raise FrameError("a chunk without credit, or after the end")
            self._credit -= 1
            self._arrived.append(chunk)
            self._changed.notify()

    def end(self, failure: Callable[[], Exception] | None) -> None:
        """Nothing more comes: Node's iterator has ended, or failed with what `failure` makes."""
        with self._changed:
            self._ended, self._failure = True, failure
            self._changed.notify()

    def wake(self) -> None:
        """Have a thread that waits look whether the call was cancelled."""
        with self._changed:
            self._changed.notify_all()

    def __next__(self) -> Chunk:
        if not self._ready():
            self._give_credit(1)
            self._before_wait()
        with self._changed:
            self._changed.wait_for(self._ready)
            if self._cancelled.is_set():
                raise StreamCancelledError
            if not self._arrived:
                if self._failure is not None:
                    raise self._failure()
                raise StopIteration
            chunk = self._arrived.popleft()
            self._taken += 1
        self._give_credit(_PORTION)
        if isinstance(chunk, Exception):
            try:
                raise chunk
            finally:
                del chunk  # it refers to this frame, and so to all that the caller holds
        return chunk

    def _ready(self) -> bool:
        return bool(self._arrived) or self._ended or self._cancelled.is_set()

    def _give_credit(self, at_least: int) -> None:
        with self._changed:
            if self._taken < at_least or self._ended:
                return
            granted, self._taken = self._taken, 0
            self._credit += granted
        self._grant(granted)


class OutputCredit:
    """How many chunks a call may send to Node.

    Args:
        chunks: so many at first.
        cancelled: set when the call is cancelled; `wake` must be called then.
        before_wait: called by a thread that is about to wait for credit.
    """

    def __init__(
        self, chunks: int, cancelled: threading.Event, before_wait: Callable[[], None]
    ) -> None:
        self._chunks = chunks
        self._cancelled = cancelled
        self._before_wait = before_wait
        self._changed = threading.Condition()

    def add(self, chunks: int) -> None:
        """Node has taken chunks."""
        with self._changed:
            self._chunks += chunks
            self._changed.notify()

    def wake(self) -> None:
        """Have a thread that waits look whether the call was cancelled."""
        with self._changed:
            self._changed.notify_all()

    def take(self) -> None:
        """Wait until one more chunk may be sent.

        Raises:
            StreamCancelledError: the call was cancelled.
        """
        if not self._ready():
            self._before_wait()
        with self._changed:
            self._changed.wait_for(self._ready)
            if self._cancelled.is_set():
                raise StreamCancelledError
            self._chunks -= 1

    def _ready(self) -> bool:
        return self._chunks > 0 or self._cancelled.is_set()
