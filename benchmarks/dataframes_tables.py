"""Tables to a data frame in Python and back, and a large one that only goes there."""

import statistics
from contextlib import ExitStack
from typing import Any

from contestant import Contestant, in_turn
from dataframes_stage import Findings, Scale
from report import at_least, timed

_GB = 1e9
_LEAST_MB = 1


def tables(scale: Scale) -> Findings:
    """Users to a frame, a column computed there, and the whole table back.

    From JS objects and from an Arrow table that lies in JS, through ours, to an Arrow table; from
    JS objects through lines of JSON to JS objects. All results have the same digest.
    """
    names = ("ours, objects", "ours, table", "JSON lines")
    arguments = (str(scale.folder), str(scale.users))
    with ExitStack() as stack:
        ways = {
            name: stack.enter_context(Contestant("tables.mjs", name, *arguments)) for name in names
        }
        first = {name: way.ask_memory("exchange") for name, way in ways.items()}
        digests = {name: way.ask("digest") for name, way in ways.items()}
        if len(set(map(str, digests.values()))) != 1:
            raise RuntimeError(f"the results differ: {digests}")
        runs = in_turn(names, scale.rounds, lambda name: ways[name].ask("exchange")["seconds"])
    rows = [
        timed(
            f"there and back, {name}",
            runs[name],
            size=scale.users,
            peak_mb=round(first[name][1], 1),
            bytes_copied=first[name][0].get("bytes_copied"),
        )
        for name in names
    ]
    rows_s, table_s, json_s = (row["median_s"] for row in rows)
    rows_mb, _, json_mb = (row["peak_mb"] for row in rows)
    return Findings(
        rows,
        [
            at_least(
                "objects_beside_json",
                "objects to a frame and back, as often as fast as lines of JSON",
                10,
                json_s / rows_s,
            ),
            at_least(
                "objects_memory_beside_json",
                "objects to a frame and back, in as many times less memory than lines of JSON",
                7.3,
                json_mb / max(rows_mb, _LEAST_MB),
            ),
            at_least(
                "table_beside_json",
                "a table to a frame and back, as often as fast as lines of JSON",
                100,
                json_s / table_s,
            ),
        ],
    )


def gigabyte(scale: Scale) -> Findings:
    """A table of doubles to Python, which opens it and reads the ends of each column.

    Beside the time that this machine takes to copy as many bytes within Node.
    """
    with Contestant("gigabyte.mjs", str(scale.doubles)) as contestants:
        contestants.ask("check")  # warms the arena, too
        names = ("ours", "memcpy")
        orders = {"ours": "send", "memcpy": "copy"}
        runs = in_turn(names, 2 * scale.rounds, lambda name: contestants.ask(orders[name]))
    rows: list[dict[str, Any]] = [
        timed(f"one way, {name}", of, size=f"{8 * scale.doubles / _GB:g} GB")
        for name, of in runs.items()
    ]
    share = statistics.median(runs["memcpy"]) / statistics.median(runs["ours"])
    what = "a table to Python, as a share of the rate of memcpy"
    return Findings(rows, [at_least("table_beside_memcpy", what, 0.5, share)])
