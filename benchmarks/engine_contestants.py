"""What is measured: each contestant turns the CSV file into zstd Parquet, in its own process.

Run as `engine_contestants.py NAME SOURCE TARGET THREADS`; prints what it has to say as JSON, then
the seconds of the work alone.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Work = Callable[[], Any]

SCHEMAS = Path(__file__).parent / "schemas"
MEMORY_LIMIT = 1 << 30


def ours(source: Path, target: Path, threads: int) -> Work:
    """Validated, strict, with rejects, fsync and hash, as a server's job runs it."""
    return _job("strict", source, target, threads)


def ours_bad(source: Path, target: Path, threads: int) -> Work:
    """The same for a file with bad records, each explained in the rejects: lenient."""
    return _job("lenient", source, target, threads)


def _job(mode: str, source: Path, target: Path, threads: int) -> Work:
    from etl_polyglot.engine.job import JobSpec, run_job
    from etl_polyglot.schema.registry import SchemaRegistry

    schema = SchemaRegistry.load(SCHEMAS, target.parent / "schema-cache").get("person")
    spec = JobSpec.from_json(
        {
            "job_id": "benchmark",
            "source_type": "csv",
            "source_path": str(source),
            "target_type": "parquet",
            "staged_path": str(target),
            "schema_name": "person",
            "validation_mode": mode,
            "rejects_path": str(target.with_suffix(".rejects")),
            "spill_dir": str(target.with_suffix(".spill")),
            "threads": threads,
            "memory_limit": MEMORY_LIMIT,
        }
    )

    def work() -> Any:
        result = run_job(spec, schema, emit=lambda event: None, cancelled=lambda: False)
        return {"counts": result["counts"], "steps": result["steps"]}

    return work


def duckdb(source: Path, target: Path, threads: int) -> Work:
    """DuckDB's plain COPY: types sniffed, nothing validated, no fsync."""
    import duckdb

    connection = duckdb.connect(config={"threads": threads})
    query = f"COPY (FROM read_csv('{source}')) TO '{target}' (FORMAT parquet, COMPRESSION zstd)"

    def work() -> Any:
        connection.execute(query)

    return work


CONTESTANTS = {"ours": ours, "duckdb": duckdb, "ours_bad": ours_bad}


if __name__ == "__main__":
    name, source, target, threads = sys.argv[1:]
    work = CONTESTANTS[name](Path(source), Path(target), int(threads))
    began = time.perf_counter()
    said = work()
    seconds = time.perf_counter() - began
    print(json.dumps(said))
    print(seconds)
