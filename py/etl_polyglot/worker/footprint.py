"""How much memory this process holds for itself."""

import resource
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import NoReturn

_PAGE_BYTES = resource.getpagesize()
_STATM = Path("/proc/self/statm")


def private_bytes() -> int:
    """Resident memory that is nobody else's, without the arenas.

    Where the system has no /proc this is the peak of all resident memory.
    """
    if _STATM.exists():
        _, resident, shared = _STATM.read_bytes().split()[:3]
        return (int(resident) - int(shared)) * _PAGE_BYTES
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


class Footprints:
    """When Node is told how much memory this process holds: soon after calls have ended.

    Args:
        pause: so many seconds lie between two reports.
    """

    def __init__(self, pause: float = 1.0) -> None:
        self._pause = pause
        self._expected = Event()

    def expect(self) -> None:
        """A call has ended: a report follows, late if there was one just now."""
        if not self._expected.is_set():
            self._expected.set()

    def send(self, tell: Callable[[int], None]) -> NoReturn:
        """Tell Node of what is held, for ever; only one thread may."""
        while True:
            self._expected.wait()
            # First, so that a call that ends while this looks is looked at again.
            self._expected.clear()
            tell(private_bytes())
            time.sleep(self._pause)
