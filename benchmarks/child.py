"""Running a child process and sampling the memory of its tree."""

import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_SAMPLE_SECONDS = 0.05
_COUNTED = ("Pss_Anon:", "Pss_Shmem:")


@dataclass(frozen=True, slots=True)
class Run:
    """What one child did."""

    seconds: float
    peak_mb: float
    output: list[str]


def run_child(command: Sequence[str], env: dict[str, str]) -> Run:
    """Run a child whose last line of output is the seconds that it took.

    The peak is that of the summed anonymous and shared memory of the child and all below it;
    pages of mapped files, which the system can drop, are not counted.

    Raises:
        RuntimeError: the child failed.
    """
    child = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
    peak, ended = 0, threading.Event()

    def sample() -> None:
        nonlocal peak
        while not ended.wait(_SAMPLE_SECONDS):
            peak = max(peak, sum(map(_kilobytes, _tree(child.pid))))

    sampler = threading.Thread(target=sample)
    sampler.start()
    output = (child.communicate()[0] or "").splitlines()
    ended.set()
    sampler.join()
    if child.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {child.returncode}")
    return Run(float(output[-1]), peak / 1024, output[:-1])


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
