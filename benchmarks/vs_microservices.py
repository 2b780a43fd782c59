"""The bridge beside microservices: users are validated and normalised in Python for Node.

Run as `npm run benchmark:vs-microservices [-- --quick] [-- --json FILE]`. The microservices are
FastAPI on uvicorn with its fastest loop and parser, as many processes as ours has workers, with
keep-alive connections, one to each, that take the next batch when they are free. For rows they
parse and write with orjson and judge with Pydantic, for Arrow bodies by whole columns with pyarrow.

Compared: a program in Node that has users, as objects or as an Arrow table, gives them to Python in
batches and gets the good ones back in the same form, normalised, and the index and field of each
error. The results have the same digest. Ours judges every row twice when it comes as an object (Zod
and Python) and describes errors in full; the microservice judges once, by rules that were written
for these users alone. Not compared: a network, a load balancer, containers, other machines, where
microservices would be slower, nor what they are for: being deployed and scaled apart.
"""

import os
import shutil
import statistics
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from contestant import Contestant, in_turn
from report import at_least, meta, options, publish, timed
from validation_data import write_users

SIZES, QUICK_SIZES = (1_000, 100_000, 1_000_000), (3_000,)
ROUNDS = 5
PERCENT_BAD = 1
FORMS = ("rows", "table")
PACKAGES = ("pyarrow", "pandas", "pydantic", "orjson", "fastapi", "uvicorn", "uvloop", "httptools")
NODE_PACKAGES = ("apache-arrow", "zod", "undici")
COLUMNS = ("name", "size", "runs", "median_s", "min_s", "max_s", "per_s", "peak_mb")
_ROWS_A_ROUND = 100_000
_MOST_TIMES = 20


def main() -> None:
    """Measure, print the table, and write the JSON report if one is asked for."""
    chosen = options(__doc__, "3,000 users, once", ROUNDS).parse_args()
    sizes = QUICK_SIZES if chosen.quick else SIZES
    rounds = chosen.runs or (1 if chosen.quick else ROUNDS)
    folder = Path(chosen.folder or tempfile.mkdtemp(prefix="etl-benchmark-"))
    folder.mkdir(parents=True, exist_ok=True)
    rows, goals = [], []
    try:
        write_users(folder, max(sizes), PERCENT_BAD, tidy=False)
        for size in sizes:
            for form in FORMS:
                ours, theirs = compare(folder, size, form, rounds)
                rows += [ours, theirs]
                goals.append(goal(ours, theirs, size, form))
    finally:
        if not chosen.keep:
            shutil.rmtree(folder)
    report = {
        "meta": meta(PACKAGES, NODE_PACKAGES, smoke_run=chosen.quick),
        "rows": rows,
        "goals": goals,
    }
    print(f"{os.cpu_count()} cores; medians of {rounds} rounds")
    publish(report, COLUMNS, chosen.json)
    if chosen.quick:
        print("a smoke run: only a full one says how fast it is")


def compare(folder: Path, size: int, form: str, rounds: int) -> list[dict[str, Any]]:
    """Run both in turn, several times a round where the work is small."""
    names = (f"ours, {form}", f"microservice, {form}")
    times = min(_MOST_TIMES, max(1, _ROWS_A_ROUND // size))
    with ExitStack() as stack:
        ways = {
            name: stack.enter_context(Contestant("microservices.mjs", name, str(folder), str(size)))
            for name in names
        }
        peak = {name: way.ask_memory("transform", times=1)[1] for name, way in ways.items()}
        digests = {name: way.ask("digest") for name, way in ways.items()}
        if digests[names[0]] != digests[names[1]]:
            raise RuntimeError(f"the results differ: {digests}")
        runs = in_turn(names, rounds, lambda name: ways[name].ask("transform", times=times))
    taken = {name: [one for run in of for one in run] for name, of in runs.items()}
    return [
        timed(
            name,
            of,
            size=size,
            per_s=round(size / statistics.median(of)),
            peak_mb=round(peak[name], 1),
        )
        for name, of in taken.items()
    ]


def goal(ours: dict[str, Any], theirs: dict[str, Any], size: int, form: str) -> dict[str, Any]:
    """Say how much faster ours is; no slower is all that this first version asks for."""
    what = f"{size:,} users in {form} validated and normalised, as often as fast as by microservice"
    times = theirs["median_s"] / ours["median_s"]
    return at_least(f"{form}_{size}_beside_microservice", what, 1, times)


if __name__ == "__main__":
    main()
