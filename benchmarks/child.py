"""Running a child process to its end."""

import errno
import math
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass

from memory import PeakMemory

OUT_OF_MEMORY = errno.ENOMEM
"""The exit code of a child that says that its memory does not do."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one child did."""

    seconds: float
    peak_mb: float
    output: list[str]


class ChildOutOfMemoryError(RuntimeError):
    """A child ran out of memory, or held more than it may.

    Attributes:
        seconds: how long it ran.
        peak_mb: the most that it was seen to hold.
    """

    def __init__(self, seconds: float, peak_mb: float) -> None:
        super().__init__(f"out of memory after {seconds:.1f} s, at {peak_mb:,.0f} MB")
        self.seconds = seconds
        self.peak_mb = peak_mb


def run_child(command: Sequence[str], env: dict[str, str], limit_mb: float = math.inf) -> Run:
    """Run a child whose last line of output is the seconds that it took.

    Parameters:
        command: its program and arguments.
        env: its environment.
        limit_mb: it is killed when it, and all below it, hold more.

    Raises:
        ChildOutOfMemoryError: it said so, or was killed for it.
        RuntimeError: it failed.
    """
    began = time.perf_counter()
    child = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
    with PeakMemory(child.pid, limit_mb) as memory:
        output = (child.communicate()[0] or "").splitlines()
    if child.returncode in (OUT_OF_MEMORY, -signal.SIGKILL):  # the system kills for it too
        raise ChildOutOfMemoryError(time.perf_counter() - began, memory.peak_mb)
    if child.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {child.returncode}")
    return Run(float(output[-1]), memory.peak_mb, output[:-1])
