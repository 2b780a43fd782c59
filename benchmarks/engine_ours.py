"""Ours: a job by the engine as a server's worker runs it, with all that is on by default."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

SCHEMAS = Path(__file__).parent / "schemas"
MEMORY_LIMIT = 1 << 30

AGGREGATE = {
    "type": "aggregate",
    "group_by": ["country", "name", "is_active"],
    "aggregates": [
        {"name": "records", "function": "count"},
        {"name": "emails", "function": "count", "column": "email"},
        {"name": "comments", "function": "count", "column": "comment"},
        {"name": "first_created", "function": "min", "column": "created_at"},
        {"name": "last_created", "function": "max", "column": "created_at"},
        {"name": "mean_age", "function": "mean", "column": "age"},
        {"name": "mean_score", "function": "mean", "column": "score"},
    ],
}

TO_PARQUET = {"target_type": "parquet"}
REQUESTS: dict[str, dict[str, Any]] = {
    "read": {"validation_mode": "skip"},
    "parquet": {**TO_PARQUET, "transformations": ["normalize"]},
    "deduplicate": {**TO_PARQUET, "transformations": ["normalize", "deduplicate"]},
    "whole": {**TO_PARQUET, "transformations": ["normalize", "deduplicate", AGGREGATE]},
}
"""The jobs: what a request has beside its source. `read` casts, and keeps and writes nothing."""


def ours(request: dict[str, Any], source: Path, target: Path, threads: int) -> Callable[[], Any]:
    """Run one job; it says its counts and what each of its steps took.

    Where bad records are to be expected the job is `lenient`, and every reject is written.
    """
    from etl_polyglot.engine.job import JobSpec, run_job
    from etl_polyglot.schema.registry import SchemaRegistry

    schema = SchemaRegistry.load(SCHEMAS, target.parent / "schema-cache").get("person")
    spec = JobSpec.from_json(
        {
            "job_id": "benchmark",
            "source_type": "csv",
            "source_path": str(source),
            "staged_path": str(target),
            "schema_name": "person",
            "rejects_path": str(target.with_suffix(".rejects")),
            "spill_dir": str(target.with_suffix(".spill")),
            "threads": threads,
            "memory_limit": MEMORY_LIMIT,
            **request,
        }
    )

    def work() -> Any:
        result = run_job(spec, schema, emit=lambda event: None, cancelled=lambda: False)
        return {**result["counts"], "steps": result["steps"]}

    return work


STAGES = {
    **{stage: partial(ours, request) for stage, request in REQUESTS.items()},
    "whole, lenient": partial(ours, {**REQUESTS["whole"], "validation_mode": "lenient"}),
}
