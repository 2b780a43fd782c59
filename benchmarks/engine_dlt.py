"""dlt: the file is loaded as Parquet, then transformed in SQL where it lies; no validation.

`Arrow` is what its documentation advises for speed; `rows` is what it does with plain readers.
"""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from engine_duckdb import TO_PARQUET, WHOLE

_CHUNK_ROWS = 100_000


def arrow_reader() -> Any:
    """DuckDB reads and casts; the batches go into Parquet as they are."""
    from dlt.sources.filesystem import read_csv_duckdb

    return read_csv_duckdb(chunk_size=_CHUNK_ROWS, use_pyarrow=True)


def row_reader() -> Any:
    """pandas reads; dlt normalises every row, and infers and evolves the schema from them."""
    from dlt.sources.filesystem import read_csv

    return read_csv(chunksize=_CHUNK_ROWS)


def run(reader: Callable[[], Any], source: Path, target: Path, threads: int) -> Callable[[], None]:
    """Load the file and query what was loaded into one Parquet file."""
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    os.environ["NORMALIZE__WORKERS"] = str(threads)
    import dlt
    from dlt.sources.filesystem import filesystem

    folder = target.with_suffix(".dlt")
    pipeline = dlt.pipeline(
        "people",
        pipelines_dir=str(folder / "pipelines"),
        destination=dlt.destinations.filesystem(bucket_url=(folder / "loaded").as_uri()),
        dataset_name="benchmark",
    )
    files = filesystem(bucket_url=source.parent.as_uri(), file_glob=source.name)
    statement = TO_PARQUET.format(query=WHOLE.format(people="people"), target=target)

    def work() -> None:
        people = (files | reader()).with_name("people")
        pipeline.run(people, loader_file_format="parquet")
        with pipeline.sql_client() as client:
            client.execute_sql("SET enable_progress_bar = false")
            client.execute_sql(statement)

    return work


STAGES = {"whole, Arrow": partial(run, arrow_reader), "whole, rows": partial(run, row_reader)}
