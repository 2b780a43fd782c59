"""CSV to validated Parquet, ours beside DuckDB's plain COPY of the same file.

Run as `python benchmarks/engine.py [--quick] [--json FILE] [--rows N] [--runs N] [--keep]
[--folder FOLDER]`. Contestants run in turn, every second round in the other order, each in its
own process; their outputs are compared; what counts are the ratios of one run. `ours_bad` is ours
on a file with 1 % bad records, under `lenient`, with every reject explained.
"""

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from child import Run, run_child
from engine_contestants import CONTESTANTS
from engine_data import write_people
from engine_outputs import compare_outputs
from report import at_most, meta, options, publish, summary

HERE = Path(__file__).parent
ROWS, QUICK_ROWS = 10_000_000, 200_000
RUNS = 3
MEGABYTE = 1024 * 1024
COLUMNS = ("name", "runs", "median_s", "min_s", "max_s", "peak_mb", "rejected")


def main() -> None:
    """Measure, print the table, and write the JSON report if one is asked for."""
    chosen = parse_options()
    rows = chosen.rows or (QUICK_ROWS if chosen.quick else ROWS)
    runs = chosen.runs or (1 if chosen.quick else RUNS)
    folder = Path(chosen.folder or tempfile.gettempdir()) / f"etl-benchmark-{rows}"
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
        if not chosen.keep:
            shutil.rmtree(folder)
    report = {
        "meta": meta(
            ("pyarrow", "pydantic", "duckdb", "numpy"),
            records=rows,
            smoke_run=rows < ROWS,
            source_mb=round(size / MEGABYTE, 1),
        ),
        "rows": [summary(name, of, rejected=rejected(of)) for name, of in measured.items()],
        "outputs": equal,
        "goals": goals(measured),
    }
    print(f"{rows:,} records, {size / MEGABYTE:.0f} MB of CSV, {os.cpu_count()} cores")
    publish(report, COLUMNS, chosen.json)
    print(f"outputs: {equal}")
    if rows < ROWS:
        print(f"a smoke run: only {ROWS:,} records say how fast it is")


def parse_options() -> argparse.Namespace:
    """Read the command line."""
    parser = options(__doc__, "200,000 rows, once", RUNS)
    parser.add_argument("--rows", type=int, help=f"rows of the file ({ROWS:,})")
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


def rejected(runs: list[Run]) -> int:
    """How many records a contestant rejected."""
    said = json.loads(runs[-1].output[-1]) or {}
    count: int = said.get("counts", {}).get("rejected", 0)
    return count


def goals(measured: dict[str, list[Run]]) -> list[dict[str, Any]]:
    """The goals, met or not."""
    median = {
        name: statistics.median(run.seconds for run in runs) for name, runs in measured.items()
    }
    ratio = median["ours"] / median["duckdb"]
    peak = max(run.peak_mb for run in [*measured["ours"], *measured["ours_bad"]])
    return [
        at_most(
            "time_beside_duckdb_copy",
            "validated CSV to Parquet, as a multiple of DuckDB's plain COPY",
            1.0,
            ratio,
        ),
        at_most(
            "peak_memory",
            "peak memory of ours in MB, with bad records and without",
            1024,
            peak,
        ),
    ]


if __name__ == "__main__":
    main()
