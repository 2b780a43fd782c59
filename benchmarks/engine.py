"""The job: load CSV, validate, normalize, deduplicate, aggregate, save as one zstd Parquet file.

Run as `npm run benchmark:engine [-- --quick] [-- --json FILE] [-- --rows N] [-- --large-rows N]`.
Ours beside hand-written scripts of DuckDB, Polars and pandas, which validate nothing; beside
dataframely, pandera and Pydantic, which do; and beside dlt. Step by step and as a whole, on files
with 0, 1 and 10 % bad records for ours; then on a file ten times as large. Everything that a job
does by default is on for ours: rejects, fsync, hash, report.

Contestants of a stage run in turn, every second round in the other order, each in its own process;
slow ones run once. Their outputs must hold the same; what counts are the ratios of one run.
"""

import argparse
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine_cases import Case, cases_by_stage
from engine_data import write_people
from engine_goals import goals
from engine_outputs import compare
from engine_runs import run_in_turn
from report import meta, options, publish, summary

ROWS, LARGE_ROWS, QUICK_ROWS = 9_000_000, 90_000_000, 50_000
RUNS = 3
MEGABYTE = 1_000_000
PACKAGES = ("pyarrow", "duckdb", "polars", "pandas", "dataframely", "pandera", "pydantic", "dlt")
COLUMNS = (
    *("name", "runs", "median_s", "min_s", "max_s", "cpu_s", "mb_per_s", "peak_mb", "failure"),
)


def main() -> None:
    """Measure, print the table, and write the JSON report if one is asked for."""
    chosen = parse_options()
    folder = Path(chosen.folder or tempfile.gettempdir()) / f"etl-benchmark-{chosen.rows}"
    folder.mkdir(parents=True, exist_ok=True)
    stages = cases_by_stage(with_large=chosen.large_rows > 0)
    cases = [case for stage in stages for case in stage]
    records = {"people": chosen.rows, "sample": chosen.rows // 10, "large": chosen.large_rows}
    try:
        megabytes = write_sources(cases, folder, records)
        for stage in stages:
            run_in_turn(stage, folder, chosen.runs)
        equal = compare(cases, folder)
    finally:
        if not chosen.keep:
            shutil.rmtree(folder)
    smoke_run = chosen.rows < ROWS
    report = {
        "meta": meta(PACKAGES, records=records, source_mb=megabytes, smoke_run=smoke_run),
        "rows": [row(case, megabytes[case.source_file]) for case in cases],
        "outputs": equal,
        "goals": goals(cases, megabytes),
    }
    sizes = ", ".join(f"{name}: {size:,.0f} MB" for name, size in megabytes.items())
    print(
        f"{os.cpu_count()} cores; {sizes}; medians of {chosen.runs}, slow ones and large files once"
    )
    publish(report, COLUMNS, chosen.json)
    print(*equal, sep="\n")
    print("where threads of ours spent their seconds, waiting for a core included:")
    print(*(profile(case) for case in cases if case.contestant == "ours"), sep="\n")
    if smoke_run:
        print(f"a smoke run: only {ROWS:,} records say how fast it is")


def parse_options() -> argparse.Namespace:
    """Read the command line, and settle what it leaves open."""
    parser = options(__doc__, f"{QUICK_ROWS:,} rows, once", RUNS)
    parser.add_argument("--rows", type=int, help=f"rows of the file ({ROWS:,})")
    parser.add_argument(
        "--large-rows", type=int, help=f"rows of the large file ({LARGE_ROWS:,}); 0: no such file"
    )
    chosen = parser.parse_args()
    chosen.rows = chosen.rows or (QUICK_ROWS if chosen.quick else ROWS)
    if chosen.large_rows is None:
        chosen.large_rows = 2 * QUICK_ROWS if chosen.quick else LARGE_ROWS
    chosen.runs = chosen.runs or (1 if chosen.quick else RUNS)
    return chosen


def write_sources(cases: Sequence[Case], folder: Path, records: dict[str, int]) -> dict[str, float]:
    """Write the files that the cases read, and return the MB of each."""
    megabytes = {}
    for case in cases:
        file = folder / case.source_file
        write_people(file, records[case.source], case.percent_bad)
        megabytes[file.name] = round(file.stat().st_size / MEGABYTE, 1)
    return megabytes


def row(case: Case, megabytes: float) -> dict[str, Any]:
    """Return a case's row of the report; where it ran out of memory, how far it came."""
    if case.failure:
        return {
            "name": case.name,
            "runs": 1,
            "median_s": None,
            "peak_mb": round(case.failure.peak_mb, 1),
            "failure": str(case.failure),
        }
    speed = round(megabytes / case.seconds(), 1)
    return summary(case.name, case.runs, mb_per_s=speed, **case.said())


def profile(case: Case) -> str:
    """Return what the steps of one of our jobs took, in its last run."""
    steps = ", ".join(f"{one['step']} {one['seconds']:,.1f}" for one in case.said()["steps"])
    return f"{case.name}: {case.runs[-1].seconds:,.1f} s; {steps}"


if __name__ == "__main__":
    main()
