"""What every benchmark says: where it ran, what it measured, and which goals are met."""

import argparse
import datetime
import json
import os
import platform
import statistics
import subprocess
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from child import Run

_NODE_MODULES = Path(__file__).parent.parent / "node_modules"


def options(description: str | None, quick: str, runs: int) -> argparse.ArgumentParser:
    """Return a parser of what all benchmarks take; `quick` says what a smoke run is."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help=f"a smoke run: {quick}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report there")
    parser.add_argument("--runs", type=int, help=f"runs of each contestant ({runs})")
    parser.add_argument("--folder", help="where the files lie (a temporary folder)")
    parser.add_argument("--keep", action="store_true", help="leave the files there")
    return parser


def meta(packages: Sequence[str], node_packages: Sequence[str] = (), **more: Any) -> dict[str, Any]:
    """Say when, where and with what was measured.

    Parameters:
        packages: those of Python whose versions matter.
        node_packages: those of Node.
        more: what else is to be said.
    """
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    node = subprocess.run(["node", "--version"], check=True, stdout=subprocess.PIPE, text=True)
    versions = {
        "python": platform.python_version(),
        **{name: version(name) for name in packages},
        "node": node.stdout.strip().removeprefix("v"),
        **{name: _node_version(name) for name in node_packages},
    }
    return {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "memory": f"{memory // 1024**3} GiB",
        "versions": versions,
        **more,
    }


def _node_version(name: str) -> str:
    found: str = json.loads((_NODE_MODULES / name / "package.json").read_text())["version"]
    return found


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


def timed(name: str, seconds: Sequence[float], **more: Any) -> dict[str, Any]:
    """Return one row of the report.

    Parameters:
        name: what was measured.
        seconds: what its runs took.
        more: values of other columns, and whatever else the report is to have.
    """
    return {
        "name": name,
        "runs": len(seconds),
        "median_s": round(statistics.median(seconds), 6),
        "min_s": round(min(seconds), 6),
        "max_s": round(max(seconds), 6),
        "peak_mb": None,
        **more,
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
    """Print a report as a table of some of its columns, and write it as JSON if asked to.

    A row says nothing in a column that it does not have.
    """
    table = [columns, *([_shown(row.get(name)) for name in columns] for row in report["rows"])]
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
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int | float) else str(value)
