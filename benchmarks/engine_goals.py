"""The engine's goals, and whether the cases of one run meet them."""

from collections.abc import Mapping, Sequence
from typing import Any

from engine_cases import Case
from report import at_least, at_most

SCRIPTS = ("whole, duckdb", "whole, polars", "whole, pandas")
VALIDATED = ("whole, polars, dataframely", "whole, pandas, pandera", "whole, pandas, Pydantic")
PEAK_MB = 1024


def goals(cases: Sequence[Case], megabytes: Mapping[str, float]) -> list[dict[str, Any]]:
    """Compare the cases.

    Parameters:
        cases: all of them, with their runs.
        megabytes: how large the files are, by name.
    """
    ran = {case.name: case for case in cases if case.runs}

    def times(name: str, *others: str) -> float:
        return ran[name].seconds() / min(ran[o].seconds() for o in others if o in ran)

    ours = [case for name, case in ran.items() if case.contestant == "ours"]
    found = [
        at_most(
            "typed_read",
            "typed CSV read, as a multiple of DuckDB's",
            0.8,
            times("read, ours", "read, duckdb"),
        ),
        at_most(
            "validated_parquet_beside_copy",
            "read, validate, normalize and save, as a multiple of DuckDB's plain COPY",
            1.0,
            times("parquet, ours", "parquet, duckdb"),
        ),
        at_most(
            "whole_beside_best_script",
            "the whole job, as a multiple of the best script without validation",
            0.75,
            times("whole, ours", *SCRIPTS),
        ),
        at_least(
            "whole_beside_best_validated",
            "the whole job, as often as fast as the best script with validation",
            3,
            1 / times("whole, ours", *VALIDATED),
        ),
        at_least(
            "whole_beside_dlt_arrow",
            "the whole job, as often as fast as dlt with Arrow batches",
            10,
            1 / times("whole, ours", "whole, dlt, Arrow"),
        ),
        at_least(
            "whole_beside_dlt_rows",
            "the whole job on the sample, as often as fast as dlt with rows",
            10,
            1 / times("whole, ours, sample", "whole, dlt, rows, sample"),
        ),
        at_most(
            "ten_percent_bad",
            "the whole job with 10 % bad records, as a multiple of that with none",
            1.5,
            times("whole, ours, 10 % bad", "whole, ours"),
        ),
        at_most(
            "peak_memory",
            "peak memory of ours in MB, in any stage",
            PEAK_MB,
            max(case.peak_mb() for case in ours if case.source != "large"),
        ),
    ]
    if large := ran.get("whole, ours, large"):
        larger = megabytes[large.source_file] / megabytes[ran["whole, ours"].source_file]
        found += [
            at_most(
                "peak_memory_large",
                "peak memory of ours in MB, on the large file",
                PEAK_MB,
                large.peak_mb(),
            ),
            at_most(
                "time_per_byte_large",
                "time per GB on the large file, as a multiple of that on the other",
                1.15,
                times("whole, ours, large", "whole, ours") / larger,
            ),
        ]
    return found
