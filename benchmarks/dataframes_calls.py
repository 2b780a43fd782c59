"""Small calls: one at a time, on two workers, and from many callers."""

import statistics
from contextlib import ExitStack
from typing import Any

from contestant import Contestant, in_turn
from dataframes_stage import Findings, Scale, p99
from report import at_least, at_most, timed

CALLERS = (1, 2, 4, 8, 16, 32, 64)
_CALLERS_OF_WORKERS = 8
_FLAT_MB = 16


def round_trips(scale: Scale) -> Findings:
    """One small call that gives its parameters back.

    Ours has a deadline, an id and a trace context. FastAPI's handler may block, as ours may;
    beside it stands one on its event loop, which must not. pythonia passes text, its cheapest way.
    """
    with Contestant("round-trips.mjs") as contestants:
        contestants.ask("measure", calls=scale.calls)
        runs = [contestants.ask("measure", calls=scale.calls) for _ in range(scale.rounds)]
    calls = {name: [one for run in runs for one in run[name]] for name in runs[0]}
    median = {name: statistics.median(taken) for name, taken in calls.items()}
    return Findings(
        [timed(f"round trip, {name}", of, p99_us=p99(of)) for name, of in calls.items()],
        [
            at_least(
                "round_trip_beside_fastapi",
                "a round trip, as often as fast at p50 as to FastAPI over HTTP",
                6,
                median["fastapi"] / median["ours"],
            ),
            at_least(
                "round_trip_beside_pythonia",
                "a round trip, as often as fast at p50 as through pythonia",
                1,
                median["pythonia"] / median["ours"],
            ),
        ],
    )


def two_workers(scale: Scale) -> Findings:
    """Calls that keep Python busy for some 5 ms each."""
    order = {"callers": _CALLERS_OF_WORKERS}
    with ExitStack() as stack:
        pools = {n: stack.enter_context(Contestant("load.mjs", "spin", n)) for n in ("1", "2")}
        for pool in pools.values():
            pool.ask("load", **order, seconds=scale.load_seconds / 2)
        runs = in_turn(
            list(pools),
            scale.rounds,
            lambda name: pools[name].ask("load", **order, seconds=2 * scale.load_seconds),
        )
    one, two = (_load_row(f"busy calls, workers: {name}", of) for name, of in runs.items())
    what = "busy calls, as many with two workers as with one"
    return Findings([one, two], [at_least("two_workers", what, 1.8, two["per_s"] / one["per_s"])])


def callers(scale: Scale) -> Findings:
    """Small calls to one worker, from one caller to many."""
    with Contestant("load.mjs", "echo", "1") as pool:

        def load(count: str) -> Any:
            return pool.ask("load", callers=int(count), seconds=scale.load_seconds)

        names = [str(count) for count in CALLERS]
        for name in names:
            load(name)
        runs = in_turn(names, scale.rounds, load)
        few_mb, many_mb = (
            pool.ask_memory("load", callers=count, seconds=scale.load_seconds)[1]
            for count in (1, CALLERS[-1])
        )
    rows = [_load_row(f"callers: {name}", of) for name, of in runs.items()]
    many = rows[-1]
    rows[0]["peak_mb"], many["peak_mb"] = round(few_mb, 1), round(many_mb, 1)
    return Findings(
        rows,
        [
            at_least(
                "callers_throughput",
                "calls a second from 64 callers, as a share of the best from fewer",
                0.95,
                many["per_s"] / max(row["per_s"] for row in rows[:-1]),
            ),
            at_most(
                "callers_p99",
                "p99 of calls from 64 callers, as a multiple of their p50",
                3,
                many["p99_us"] / (many["median_s"] * 1e6),
            ),
            at_most(
                "callers_memory",
                "MB that 64 callers need more than one",
                _FLAT_MB,
                max(0, many_mb - few_mb),
            ),
        ],
    )


def _load_row(name: str, runs: list[dict[str, float]]) -> dict[str, Any]:
    return timed(
        name,
        [run["p50_us"] / 1e6 for run in runs],
        per_s=round(statistics.median(run["per_s"] for run in runs)),
        p99_us=round(statistics.median(run["p99_us"] for run in runs), 1),
    )
