"""A program that stays, warm, and does one piece of work at a time, as it is told."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from memory import PeakMemory, tree_mb

HERE = Path(__file__).parent
_PATH = os.pathsep.join(str(HERE / folder) for folder in ("../py", "python"))
_STOP_SECONDS = 20


class Contestant:
    """A Node program of `node/`, which answers each order by one line.

    Parameters:
        program: its file there.
        arguments: what it is started with.
    """

    def __init__(self, program: str, *arguments: str) -> None:
        self._what = f"{program} {' '.join(arguments)}"
        self._process = subprocess.Popen(
            ["node", "--expose-gc", str(HERE / "node" / program), *arguments],
            env=os.environ | {"PYTHONPATH": _PATH, "BENCHMARK_PYTHON": sys.executable},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        self._read()  # it says that it is ready
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def ask(self, order: str, **options: Any) -> Any:
        """Have it do what is ordered, and return its answer.

        Raises:
            RuntimeError: it ended instead.
        """
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"order": order, **options}) + "\n")
        self._process.stdin.flush()
        return self._read()

    def ask_memory(self, order: str, **options: Any) -> tuple[Any, float]:
        """Return also by how many MB its memory, and that of all below it, rose at most."""
        self.ask("settle")
        before = tree_mb(self._process.pid)
        with PeakMemory(self._process.pid) as memory:
            answer = self.ask(order, **options)
        return answer, max(0.0, memory.peak_mb - before)

    def _read(self) -> Any:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._what} ended with {self._process.wait(_STOP_SECONDS)}")
        return json.loads(line)


def in_turn(names: Sequence[str], rounds: int, run: Callable[[str], Any]) -> dict[str, list[Any]]:
    """Run each in turn, every second round in the other order: A B C, C B A, A B C."""
    answers: dict[str, list[Any]] = {name: [] for name in names}
    for round_ in range(rounds):
        for name in names[:: -1 if round_ % 2 else 1]:
            answers[name].append(run(name))
    return answers
