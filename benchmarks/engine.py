"""CSV to validated Parquet, ours beside DuckDB's plain COPY of the same file.

Run as `python benchmarks/engine.py [--quick] [--json FILE] [--rows N] [--runs N] [--keep]
[--folder FOLDER]`. Contestants run in turn, every second round in the other order, each in its
own process; their outputs are compared; what counts are the ratios of one run. `ours_bad` is ours
on a file with 1 % bad records, under `lenient`, with every reject explained.
"""

import argparse
import datetime
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from engine_contestants import CONTESTANTS
from engine_data import write_people
from engine_outputs import compare_outputs
from engine_process import Run, run_child

HERE = Path(__file__).parent
ROWS, QUICK_ROWS = 10_000_000, 200_000
RUNS = 3
MEGABYTE = 1024 * 1024


def main() -> None:
    """Measure, print the table, and write the JSON report if one is asked for."""
    options = parse_options()
    rows = options.rows or (QUICK_ROWS if options.quick else ROWS)
    runs = options.runs or (1 if options.quick else RUNS)
    folder = Path(options.folder or tempfile.gettempdir()) / f"etl-benchmark-{rows}"
    folder.mkdir(parents=True, exist_ok=True)
    good, bad = folder / "people.csv", folder / "people-bad.csv"
    sources = {"ours": good, "duckdb": good, "ours_bad": bad}
    try:
        write_people(good, rows, bad=False)
        write_people(bad, rows, bad=True)
        size = good.stat().st_size
        measured = measure(sources, folder, runs)
        equal = compare_outputs(*(output(folder, name) for name in sources))
    finally:
        if not options.keep:
            shutil.rmtree(folder)
    report = {
        "meta": meta(rows, size),
        "rows": [summary(name, of) for name, of in measured.items()],
        "outputs": equal,
        "goals": goals(measured),
    }
    print_report(report)
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n")


def parse_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a smoke run: 200,000 rows, once")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report there")
    parser.add_argument("--rows", type=int, help=f"rows of the file ({ROWS:,})")
    parser.add_argument("--runs", type=int, help=f"runs of each contestant ({RUNS})")
    parser.add_argument("--folder", help="where the files lie (a temporary folder)")
    parser.add_argument("--keep", action="store_true", help="leave the files there")
    return parser.parse_args()


def output(folder: Path, name: str) -> Path:
    """Where a contestant writes."""
    return folder / f"{name}.parquet"


def measure(sources: dict[str, Path], folder: Path, runs: int) -> dict[str, list[Run]]:
    """Run the contestants in turn: A B C, C B A, A B C."""
    env = os.environ | {"PYTHONPATH": str(HERE.parent / "py")}
    measured: dict[str, list[Run]] = {name: [] for name in CONTESTANTS}
    threads, script = str(os.cpu_count() or 1), str(HERE / "engine_contestants.py")
    for round_ in range(runs):
        for name in list(measured)[:: -1 if round_ % 2 else 1]:
            target = output(folder, name)
            target.unlink(missing_ok=True)
            command = [sys.executable, script, name, str(sources[name]), str(target), threads]
            measured[name].append(run_child(command, env))
    return measured


def meta(rows: int, size: int) -> dict[str, Any]:
    """Say when, where and with what was measured."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "memory": f"{memory // (MEGABYTE * 1024)} GiB",
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("pyarrow", "pydantic", "duckdb", "numpy")},
        },
        "records": rows,
        "smoke_run": rows < ROWS,
        "source_mb": round(size / MEGABYTE, 1),
    }


def summary(name: str, runs: list[Run]) -> dict[str, Any]:
    """One row of the report."""
    seconds = [run.seconds for run in runs]
    said = json.loads(runs[-1].output[-1]) or {}
    return {
        "name": name,
        "runs": len(runs),
        "rejected": said.get("counts", {}).get("rejected", 0),
        "median_s": round(statistics.median(seconds), 3),
        "min_s": round(min(seconds), 3),
        "max_s": round(max(seconds), 3),
        "peak_mb": round(max(run.peak_mb for run in runs), 1),
    }


def goals(measured: dict[str, list[Run]]) -> list[dict[str, Any]]:
    """The goals, met or not."""
    median = {
        name: statistics.median(run.seconds for run in runs) for name, runs in measured.items()
    }
    ratio = median["ours"] / median["duckdb"]
    peak = max(run.peak_mb for run in [*measured["ours"], *measured["ours_bad"]])
    return [
        {
            "name": "time_beside_duckdb_copy",
            "what": "validated CSV to Parquet, as a multiple of DuckDB's plain COPY",
            "goal": "<= 1.0",
            "measured": round(ratio, 2),
            "met": ratio <= 1.0,
        },
        {
            "name": "peak_memory",
            "what": "peak memory of ours in MB, with bad records and without",
            "goal": "<= 1024",
            "measured": round(peak, 1),
            "met": peak <= 1024,
        },
    ]


def print_report(report: dict[str, Any]) -> None:
    """Print the report as a table."""
    meta_ = report["meta"]
    print(f"{meta_['records']:,} records, {meta_['source_mb']} MB of CSV, {meta_['cores']} cores")
    print(
        f"{'':10}{'runs':>6}{'median s':>10}{'min s':>8}{'max s':>8}{'peak MB':>9}{'rejected':>10}"
    )
    for row in report["rows"]:
        print(
            f"{row['name']:10}{row['runs']:6}{row['median_s']:10.2f}{row['min_s']:8.2f}"
            f"{row['max_s']:8.2f}{row['peak_mb']:9.0f}{row['rejected']:10,}"
        )
    print(f"outputs: {report['outputs']}")
    if meta_["smoke_run"]:
        print(f"a smoke run: only {ROWS:,} records say how fast it is")
    for goal in report["goals"]:
        met = "met" if goal["met"] else "NOT met"
        print(f"{goal['what']}: {goal['measured']} (goal {goal['goal']}: {met})")


if __name__ == "__main__":
    main()
