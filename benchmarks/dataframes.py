"""The bridge: calls, frames and rows between Node and Python, ours beside the other ways.

Run as `npm run benchmark:dataframes [-- --quick] [-- --json FILE]`. Contestants do the same work
and their results are compared; they run in turn, every second round in the other order, warm; what
counts are the ratios of one run. `peak_mb` is by how much the memory of a contestant and of all its
processes rose at most above what it held, warm, before its first table: anonymous and shared
memory, each shared page counted once. That first table is not timed.
"""

import os
import shutil
import tempfile
from pathlib import Path

from dataframes_calls import callers, round_trips, two_workers
from dataframes_rows import dual_validation, encoder
from dataframes_stage import ROUNDS, Scale
from dataframes_tables import gigabyte, tables
from report import meta, options, publish
from validation_data import write_users

STAGES = (round_trips, tables, gigabyte, encoder, two_workers, callers, dual_validation)
PACKAGES = ("pyarrow", "pandas", "pydantic", "orjson", "fastapi", "uvicorn", "uvloop", "httptools")
NODE_PACKAGES = ("apache-arrow", "zod", "undici", "pythonia")
COLUMNS = (
    *("name", "size", "runs", "median_s", "min_s", "max_s"),
    *("per_s", "p99_us", "peak_mb", "bytes_copied"),
)


def main() -> None:
    """Measure, print the table, and write the JSON report if one is asked for."""
    chosen = options(__doc__, "small tables and few calls, once", ROUNDS).parse_args()
    folder = Path(chosen.folder or tempfile.mkdtemp(prefix="etl-benchmark-"))
    folder.mkdir(parents=True, exist_ok=True)
    scale = Scale.quick(folder) if chosen.quick else Scale(folder)
    if chosen.runs:
        scale.rounds = chosen.runs
    try:
        write_users(folder, scale.users, percent=0)
        findings = [stage(scale) for stage in STAGES]
    finally:
        if not chosen.keep:
            shutil.rmtree(folder)
    report = {
        "meta": meta(PACKAGES, NODE_PACKAGES, smoke_run=chosen.quick),
        "rows": [row for found in findings for row in found.rows],
        "goals": [goal for found in findings for goal in found.goals],
    }
    print(f"{os.cpu_count()} cores; medians of {scale.rounds}")
    publish(report, COLUMNS, chosen.json)
    if chosen.quick:
        print("a smoke run: only a full one says how fast it is")


if __name__ == "__main__":
    main()
