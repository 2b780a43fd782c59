"""Rows: writing them as Arrow, and having both sides judge them."""

import json
import statistics
import subprocess
from contextlib import ExitStack

from contestant import HERE, Contestant, in_turn
from dataframes_stage import Findings, Scale
from report import at_least, at_most, timed


def encoder(scale: Scale) -> Findings:
    """Users written as Arrow, beside what else writes them; in one process, in turn."""
    command = ["node", str(HERE / "encoder.mjs"), str(scale.encoded_users), str(scale.rounds)]
    said = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    ways = {way["name"]: way for way in said["ways"]}
    rows = [
        {
            "name": f"encoding, {name}",
            "size": said["rows"],
            "runs": way["runs"],
            **{key: round(way[key], 6) for key in ("median_s", "min_s", "max_s")},
            "per_s": way["rows_per_s"],
            "peak_mb": None,
        }
        for name, way in ways.items()
    ]
    return Findings(
        rows,
        [
            at_least(
                "encoder_beside_builders",
                "rows written as Arrow, as often as fast as by the builders of apache-arrow",
                8,
                ways["apache-arrow makeBuilder"]["times_ours"],
            ),
            at_least(
                "encoder_beside_json",
                "rows written as Arrow, as often as fast as by JSON.stringify",
                1,
                ways["JSON.stringify"]["times_ours"],
            ),
        ],
    )


def dual_validation(scale: Scale) -> Findings:
    """Users judged by Zod and by Pydantic, all that it takes included, beside plain Zod alone."""
    found = Findings()
    for size in scale.judged_users:
        with ExitStack() as stack:
            ways = {
                name: stack.enter_context(
                    Contestant("dual.mjs", name, str(scale.folder), str(size))
                )
                for name in ("dual", "zod")
            }
            first = {name: way.ask_memory("judge") for name, way in ways.items()}
            runs = in_turn(list(ways), scale.rounds, lambda name, of=ways: of[name].ask("judge"))
        for name, of in runs.items():
            per_s = round(size / statistics.median(of))
            peak_mb = round(first[name][1], 1)
            found.rows.append(
                timed(f"validation, {name}", of, size=size, per_s=per_s, peak_mb=peak_mb)
            )
        found.goals.append(
            at_most(
                f"dual_beside_zod_{size}",
                f"{size:,} rows judged by both sides, as a multiple of plain Zod alone",
                0.6,
                statistics.median(runs["dual"]) / statistics.median(runs["zod"]),
            )
        )
    return found
