"""What is measured: each contestant turns the CSV file into zstd Parquet, in its own process.

Run as `engine_contestants.py NAME SOURCE TARGET`; prints the seconds of the work alone.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

SCHEMAS = Path(__file__).parent / "schemas"
MEMORY_LIMIT = 1 << 30


def ours(source: Path, target: Path, threads: int) -> Callable[[], None]:
    """Validated, strict, with rejects, fsync and hash, as a server's job runs it."""
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
            "rejects_path": str(target.with_suffix(".rejects")),
            "spill_dir": str(target.with_suffix(".spill")),
            "threads": threads,
            "memory_limit": MEMORY_LIMIT,
        }
    )

    def work() -> None:
        result = run_job(spec, schema, emit=lambda event: None, cancelled=lambda: False)
        print(result["steps"])

    return work


def duckdb(source: Path, target: Path, threads: int) -> Callable[[], None]:
    """DuckDB's plain COPY: types sniffed, nothing validated."""
    import duckdb

    connection = duckdb.connect(config={"threads": threads})
    query = f"COPY (FROM read_csv('{source}')) TO '{target}' (FORMAT parquet, COMPRESSION zstd)"

    def work() -> None:
        connection.execute(query)

    return work


CONTESTANTS = {"ours": ours, "duckdb": duckdb}


if __name__ == "__main__":
    name, source, target, threads = sys.argv[1:]
    work = CONTESTANTS[name](Path(source), Path(target), int(threads))
    began = time.perf_counter()
    work()
    print(time.perf_counter() - began)
