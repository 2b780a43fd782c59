"""The memory of a process and of all below it, sampled from outside of them."""

import math
import os
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

_SAMPLE_SECONDS = 0.03
_PAUSES_A_LOOK = 10
_COUNTED = ("Pss_Anon:", "Pss_Shmem:")


class PeakMemory:
    """The most that a process and all below it held at a time while the block ran, in `peak_mb`.

    Anonymous and shared memory count, each shared page once; pages of mapped files, which the
    system can drop, do not.

    Parameters:
        pid: the process.
        limit_mb: it and all below it are killed when they hold more.
    """

    def __init__(self, pid: int, limit_mb: float = math.inf) -> None:
        self._pid = pid
        self._limit_mb = limit_mb
        self._ended = threading.Event()
        self._sampler = threading.Thread(target=self._sample)
        self.peak_mb = 0.0

    def __enter__(self) -> Self:
        self._sampler.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._sampler.join()
        self._take()

    def _sample(self) -> None:
        pause = _SAMPLE_SECONDS
        while not self._ended.wait(pause):
            began = time.monotonic()
            self._take()
            # The system walks through all that is held, and holds the process up meanwhile.
            pause = max(_SAMPLE_SECONDS, _PAUSES_A_LOOK * (time.monotonic() - began))

    def _take(self) -> None:
        held = tree_mb(self._pid)
        self.peak_mb = max(self.peak_mb, held)
        if held > self._limit_mb:
            for pid in _tree(self._pid):
                with suppress(ProcessLookupError):  # it has ended
                    os.kill(pid, signal.SIGKILL)


def tree_mb(pid: int) -> float:
    """Return what a process and all below it hold now."""
    return sum(map(_kilobytes, _tree(pid))) / 1024


def _tree(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(c) for task in tasks for c in (task / "children").read_text().split()]
    except OSError:  # it has ended
        return [pid]
    return [pid, *(below for child in children for below in _tree(child))]


def _kilobytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(_COUNTED))
