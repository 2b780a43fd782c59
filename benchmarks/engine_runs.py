"""Running the contestants of a stage in turn, each in its own process."""

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from child import ChildOutOfMemoryError, run_child
from engine_cases import Case
from engine_outputs import digest

HERE = Path(__file__).parent
MEMORY_SHARE = 0.9
"""The share of the machine's memory above which a contestant is ended."""


def run_in_turn(cases: Sequence[Case], folder: Path, runs: int) -> None:
    """Run each case so many times, or once: A B C, C B A, A B C.

    One that runs out of memory is not run again; what it needed is kept with the case. Ours may
    not.

    Parameters:
        cases: those of one stage; they get their runs, and the digests of their outputs.
        folder: where the sources lie. Of the outputs only those that others are compared with
            stay there.
        runs: how often.

    Raises:
        ChildOutOfMemoryError: ours ran out of memory.
        RuntimeError: a contestant failed in another way.
    """
    for round_ in range(runs):
        for case in cases[:: -1 if round_ % 2 else 1]:
            if not case.failure and not (case.once and case.runs):
                _run(case, folder)


def _run(case: Case, folder: Path) -> None:
    target = case.target(folder)
    _remove_outputs(target)
    command = [
        *(sys.executable, str(HERE / "engine_contestants.py"), case.contestant, case.stage),
        *(str(folder / case.source_file), str(target), str(os.cpu_count() or 1)),
    ]
    env = os.environ | {"PYTHONPATH": str(HERE.parent / "py")}
    memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**2
    try:
        case.runs.append(run_child(command, env, MEMORY_SHARE * memory_mb))
    except ChildOutOfMemoryError as exc:
        if case.contestant == "ours":
            raise
        case.failure = exc
    else:
        case.digest = digest(case, target)
    if not case.is_reference:
        _remove_outputs(target)


def _remove_outputs(target: Path) -> None:
    """Remove a contestant's output, and whatever it laid beside it."""
    for path in target.parent.glob(f"{target.stem}.*"):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
