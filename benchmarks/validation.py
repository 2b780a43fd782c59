"""Validation: ours beside what else there is, in Node and in Python, on the same users.

Run as `npm run benchmark [-- --quick] [-- --json FILE]`. Every contestant has the same rules
(`shared-schemas/records/user.schema.json`, the expressions of its formats included) and finds the
bad rows with their faults; the numbers of bad rows are compared. Contestants run in turn, every
second round in the other order, each in its own process; what counts are the ratios of one run.
"""

import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from child import Run, run_child
from report import at_least, meta, options, publish, summary
from validation_contestants import CONTESTANTS
from validation_data import write_users

HERE = Path(__file__).parent
SIZES, QUICK_SIZES = (100_000, 1_000_000), (5_000,)
PERCENTS, QUICK_PERCENTS = (0, 1, 10), (0, 10)
RUNS = 3
IN_NODE = ("zod", "ours in Node")
ALL_CORES = ("ours", "dataframely")
COLUMNS = ("name", "records", "bad", "cores", "median_s", "min_s", "max_s", "per_s", "peak_mb")

Case = tuple[str, int, int]
"""A contestant, how many records, and how many percent of them are bad."""


def main() -> None:
    """Measure, print the table, and write the JSON report if one is asked for."""
    chosen = options(__doc__, "5,000 records, once", RUNS).parse_args()
    sizes, percents = (QUICK_SIZES, QUICK_PERCENTS) if chosen.quick else (SIZES, PERCENTS)
    runs = chosen.runs or (1 if chosen.quick else RUNS)
    folder = Path(chosen.folder or tempfile.mkdtemp(prefix="etl-benchmark-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        for percent in percents:
            write_users(folder, max(sizes), percent)
        measured = measure(folder, sizes, percents, runs)
    finally:
        if not chosen.keep:
            shutil.rmtree(folder)
    rows = [
        summary(
            name,
            of,
            records=count,
            bad=f"{percent} %",
            cores=os.cpu_count() if name in ALL_CORES else 1,
            per_s=round(count / statistics.median(run.seconds for run in of)),
        )
        for (name, count, percent), of in measured.items()
    ]
    packages = ("pyarrow", "pydantic", "pandas", "polars", "dataframely", "pandera", "numpy")
    report = {
        "meta": meta(packages, smoke_run=chosen.quick),
        "rows": rows,
        "goals": goals(measured, max(sizes)),
    }
    print(f"{os.cpu_count()} cores; medians of {runs}")
    publish(report, COLUMNS, chosen.json)
    if chosen.quick:
        print(f"a smoke run: only {max(SIZES):,} records say how fast it is")


def measure(
    folder: Path, sizes: Sequence[int], percents: Sequence[int], runs: int
) -> dict[Case, list[Run]]:
    """Run the contestants in turn: A B C, C B A, A B C."""
    env = os.environ | {"PYTHONPATH": str(HERE.parent / "py")}
    names = [*IN_NODE, *CONTESTANTS]
    cases = [(name, size, percent) for size in sizes for percent in percents for name in names]
    measured: dict[Case, list[Run]] = {case: [] for case in cases}
    for round_ in range(runs):
        for case in cases[:: -1 if round_ % 2 else 1]:
            name, size, percent = case
            program = (
                ["node", str(HERE / "validation_node.mjs")]
                if name in IN_NODE
                else [sys.executable, str(HERE / "validation_contestants.py")]
            )
            run = run_child([*program, name, str(folder), str(percent), str(size)], env)
            if int(run.output[-1]) != size * percent // 100:
                raise RuntimeError(f"{name} finds {run.output[-1]} of {percent} % bad rows")
            measured[case].append(run)
    return measured


def goals(measured: dict[Case, list[Run]], size: int) -> list[dict[str, object]]:
    """The goals, met or not."""

    def times_as_fast(ours: str, other: str, percent: int) -> float:
        seconds = [
            statistics.median(run.seconds for run in measured[name, size, percent])
            for name in (other, ours)
        ]
        return seconds[0] / seconds[1]

    return [
        at_least(
            "node_beside_zod",
            "good rows in Node, as often as fast as plain Zod",
            4,
            times_as_fast("ours in Node", "zod", 0),
        ),
        at_least(
            "columnar_beside_pydantic",
            "good rows in columns on one core, as often as fast as Pydantic row by row",
            8,
            times_as_fast("ours, 1 core", "pydantic", 0),
        ),
        at_least(
            "columnar_beside_pydantic_10_percent_bad",
            "10 % bad rows in columns on one core, as often as fast as Pydantic row by row",
            3,
            times_as_fast("ours, 1 core", "pydantic", 10),
        ),
        at_least(
            "columnar_beside_dataframely",
            "good rows in columns on all cores, as often as fast as dataframely",
            0.8,
            times_as_fast("ours", "dataframely", 0),
        ),
    ]


if __name__ == "__main__":
    main()
