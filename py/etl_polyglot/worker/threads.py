"""The threads of a worker: the one that reads a call runs it."""

import os
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from typing import NoReturn

Task = Callable[[], None]

_TICK_SECONDS = 0.001
_QUIET_TICKS = 50
_EXIT_BROKEN = 70


class CallThreads:
    """Runs calls in the thread that has read them, so that no call waits for a thread to wake.

    One thread leads: it alone reads frames, and runs the calls among them. A call that takes
    longer than a moment, or that is about to wait for a frame, loses the lead to another thread,
    which reads on; so frames are read whatever the calls do. Short calls follow each other in one
    thread, which under the GIL is also the quickest way to run many of them.

    Calls beyond `limit` wait, while frames are read all the same. There are never more than
    `limit + 1` threads, started when they are first needed.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._leader: int | None = None
        self._leader_runs_call = False
        self._calls_begun = 0
        self._running = 0
        self._queued: deque[Task] = deque()
        self._parked: list[tuple[int, threading.Lock]] = []
        self._watch_sleeps = True
        self._watch_wake = threading.Semaphore(0)

    def run(self, receive: Callable[[], Task | None]) -> NoReturn:
        """Receive frames for ever, in threads; the calling thread watches over them.

        Args:
            receive: reads a frame and takes it in without ever waiting for a call; returns what
                is left to be done when the frame is a call.
        """
        self._receive = receive
        with self._lock:
            self._promote()
        self._watch()

    def let_others_read(self) -> None:
        """Called by a thread that is about to wait for something that only a frame can bring."""
        if self._leader == threading.get_ident():
            with self._lock:
                if self._leader == threading.get_ident():
                    self._promote()

    def _work(self) -> NoReturn:
        try:
            self._lead()
        except BaseException:  # noqa: BLE001 - without this thread frames might not be read
            traceback.print_exc()
        os._exit(_EXIT_BROKEN)

    def _lead(self) -> None:
        while True:
            task = self._receive()
            if task is None or not self._begin(task):
                continue
            while task is not None:
                task()
                task = None  # what it holds must not live until the next frame comes
                task = self._next()

    def _begin(self, task: Task) -> bool:
        with self._lock:
            if self._running >= self._limit:
                self._queued.append(task)
                return False
            self._running += 1
            self._calls_begun += 1
            self._leader_runs_call = True
            wake, self._watch_sleeps = self._watch_sleeps, False
        if wake:
            self._watch_wake.release()
        return True

    def _next(self) -> Task | None:
        """What to do after a call: another that waits, or None when this thread is to read."""
        me = threading.get_ident()
        with self._lock:
            if self._leader == me:
                self._running -= 1
                self._leader_runs_call = False
                return None
            if self._queued:
                return self._queued.popleft()
            self._running -= 1
            turn = threading.Lock()
            turn.acquire()
            self._parked.append((me, turn))
        turn.acquire()
        return None

    def _promote(self) -> None:
        """Give the lead to a thread that has nothing to do; only under the lock."""
        if self._parked:
            self._leader, turn = self._parked.pop()
            turn.release()
        else:
            thread = threading.Thread(target=self._work, name="call", daemon=True)
            thread.start()
            self._leader = thread.ident
        self._leader_runs_call = False

    def _watch(self) -> NoReturn:
        """Take the lead from a thread whose call lasts; sleep while there are no calls."""
        while True:
            self._watch_wake.acquire()
            seen = quiet = 0
            while quiet < _QUIET_TICKS:
                time.sleep(_TICK_SECONDS)
                with self._lock:
                    if self._calls_begun != seen:
                        seen, quiet = self._calls_begun, 0
                    elif self._leader_runs_call:
                        self._promote()
                    else:
                        quiet += 1
                        self._watch_sleeps = quiet == _QUIET_TICKS
