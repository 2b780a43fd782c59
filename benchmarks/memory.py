"""The memory of a process and of all below it, sampled from outside of them."""

import threading
from pathlib import Path
from types import TracebackType
from typing import Self

_SAMPLE_SECONDS = 0.03
_COUNTED = ("Pss_Anon:", "Pss_Shmem:")


class PeakMemory:
    """The most that a process and all below it held at a time while the block ran, in `peak_mb`.

    Anonymous and shared memory count, each shared page once; pages of mapped files, which the
    system can drop, do not.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
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
        while not self._ended.wait(_SAMPLE_SECONDS):
            self._take()

    def _take(self) -> None:
        self.peak_mb = max(self.peak_mb, tree_mb(self._pid))


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
