"""What every benchmark says: where it ran, what it measured, and which goals are met."""

import argparse
import datetime
import json
import os
import platform
import statistics
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from child import Run


def options(description: str | None, quick: str, runs: int) -> argparse.ArgumentParser:
    """Return a parser of what all benchmarks take; `quick` says what a smoke run is."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help=f"a smoke run: {quick}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report there")
    parser.add_argument("--runs", type=int, help=f"runs of each contestant ({runs})")
    parser.add_argument("--folder", help="where the files lie (a temporary folder)")
    parser.add_argument("--keep", action="store_true", help="leave the files there")
    return parser


def meta(packages: Sequence[str], **more: Any) -> dict[str, Any]:
    """Say when, where and with what was measured."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    versions = {"python": platform.python_version(), **{name: version(name) for name in packages}}
    return {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "memory": f"{memory // 1024**3} GiB",
        "versions": versions,
        **more,
    }


def summary(name: str, runs: list[Run], **more: Any) -> dict[str, Any]:
    """Return one row of the report."""
    seconds = [run.seconds for run in runs]
    return {
        "name": name,
        "runs": len(runs),
        **more,
        "median_s": round(statistics.median(seconds), 4),
        "min_s": round(min(seconds), 4),
        "max_s": round(max(seconds), 4),
        "peak_mb": round(max(run.peak_mb for run in runs), 1),
    }


def at_least(name: str, what: str, goal: float, measured: float) -> dict[str, Any]:
    """Return a goal that is met by so much or more."""
    return _goal(name, what, f">= {goal}", measured, measured >= goal)


def at_most(name: str, what: str, goal: float, measured: float) -> dict[str, Any]:
    """Return a goal that is met by so much or less."""
    return _goal(name, what, f"<= {goal}", measured, measured <= goal)


def _goal(name: str, what: str, goal: str, measured: float, met: bool) -> dict[str, Any]:
    return {"name": name, "what": what, "goal": goal, "measured": round(measured, 2), "met": met}


def publish(report: dict[str, Any], columns: Sequence[str], path: Path | None) -> None:
    """Print a report as a table of some of its columns, and write it as JSON if asked to."""
    table = [columns, *([_shown(row[name]) for name in columns] for row in report["rows"])]
    widths = [max(len(row[place]) for row in table) for place in range(len(columns))]
    for row in table:
        first, *others = (text.rjust(width) for text, width in zip(row, widths, strict=True))
        print("  ".join([first.strip().ljust(widths[0]), *others]))
    for goal in report["goals"]:
        met = "met" if goal["met"] else "NOT met"
        print(f"{goal['what']}: {goal['measured']} (goal {goal['goal']}: {met})")
    if path:
        path.write_text(json.dumps(report, indent=2) + "\n")


def _shown(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int | float) else str(value)
