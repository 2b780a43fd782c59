"""Running a child process to its end."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from memory import PeakMemory


@dataclass(frozen=True, slots=True)
class Run:
    """What one child did."""

    seconds: float
    peak_mb: float
    output: list[str]


def run_child(command: Sequence[str], env: dict[str, str]) -> Run:
    """Run a child whose last line of output is the seconds that it took.

    Raises:
        RuntimeError: the child failed.
    """
    child = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
    with PeakMemory(child.pid) as memory:
        output = (child.communicate()[0] or "").splitlines()
    if child.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {child.returncode}")
    return Run(float(output[-1]), memory.peak_mb, output[:-1])
