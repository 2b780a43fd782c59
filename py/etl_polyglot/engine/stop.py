"""How the threads of a job learn that it has ended."""

import threading
from collections.abc import Callable

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

    @property
    def ended(self) -> bool:
        """Whether the job has ended."""
        return self._ended.is_set()

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
    if stop is not None and stop.ended:
        raise StoppedError


def asked_elsewhere() -> Callable[[], bool]:
    """What says whether the job of the calling thread has ended, to threads that are not its own
    or must raise nothing."""
    stop: Stop | None = getattr(_thread, "stop", None)
    return lambda: stop is not None and stop.ended
