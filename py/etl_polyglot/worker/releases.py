"""Tells Node which slots of its arena nothing here refers to any more."""

import gc
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import NoReturn

Release = tuple[int, int]
"""Offset and generation of a slot."""

_SECONDS_BEFORE_COLLECTION = 1.0


class Releases:
    """The slots of the request arena that are open, until Node is told that they are free.

    Objects that refer to each other, as a pandas column and its accessors do, are freed by the
    garbage collector only, which runs when Python allocates much; but a worker that holds all the
    memory for bodies is given nothing to do. So slots that outlive their calls have it run.
    """

    def __init__(self) -> None:
        # A finalizer may run in the middle of anything, in any thread: this queue allows that.
        self._queue: SimpleQueue[Release | None] = SimpleQueue()
        self._opened = 0
        self._released = 0
        self._expected = 0
        self._looks = False

    @property
    def open_slots(self) -> int:
        """How many slots Node has not been told of."""
        return self._opened - self._released

    def opened(self) -> None:
        """A slot is in use; only the thread that reads frames says so."""
        self._opened += 1

    def release(self, offset: int, generation: int) -> None:
        """Nothing refers to a slot any more."""
        self._queue.put((offset, generation))

    def expect(self, calls: int) -> None:
        """A call has ended, and so many run on: there should soon be no more slots than that."""
        self._expected = calls
        if self.open_slots > calls and not self._looks:
            self._looks = True
            self._queue.put(None)

    def take(self) -> Release:
        """Wait for a slot that can be given back; only one thread may."""
        look_at: float | None = None
        while True:
            try:
                wait = None if look_at is None else max(0.0, look_at - time.monotonic())
                release = self._queue.get(timeout=wait)
            except Empty:
                look_at, self._looks = None, False
                if self.open_slots > self._expected:
                    gc.collect()
                continue
            if release is not None:
                self._released += 1
                return release
            look_at = time.monotonic() + _SECONDS_BEFORE_COLLECTION

    def send(self, tell: Callable[[int, int], None]) -> NoReturn:
        """Tell Node of each slot, for ever."""
        while True:
            tell(*self.take())
