"""How the threads of a job learn that it has ended."""

import threading

_thread = threading.local()


class StoppedError(Exception):
    """A task found that its job has ended; nobody waits for its result."""


class Stop:
    """Says to the tasks of a job that it has ended."""

    def __init__(self) -> None:
        self._ended = threading.Event()

    def set(self) -> None:
        """End the job."""
        self._ended.set()

    def check(self) -> None:
        """Raise `StoppedError` when the job has ended."""
        if self._ended.is_set():
            raise StoppedError

    def bind(self) -> None:
        """Make this what the calling thread's checkpoints ask."""
        _thread.stop = self


def checkpoint() -> None:
    """Called by tasks between their parts, none of which takes long.

    Outside the threads of a job it does nothing.

    Raises:
        StoppedError: the job has ended.
    """
    stop: Stop | None = getattr(_thread, "stop", None)
    if stop is not None:
        stop.check()
