"""DuckDB's script: one statement, types sniffed; nothing is validated."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

TIDY = r"regexp_replace(trim(nfc_normalize({0}), e' \t\n\r'), '\s+', ' ', 'g')"

NORMALIZED = f"""
    SELECT * REPLACE (
        lower({TIDY.format("email")}) AS email,
        {TIDY.format("name")} AS name,
        {TIDY.format("country")} AS country,
        {TIDY.format("comment")} AS comment
    )
    FROM {{people}}
"""
DEDUPLICATED = f"SELECT DISTINCT ON (id) * FROM ({NORMALIZED})"
AGGREGATED = """
    SELECT
        country, name, is_active,
        count(*) AS records,
        count(email) AS emails,
        count(comment) AS comments,
        min(created_at) AS first_created,
        max(created_at) AS last_created,
        avg(age) AS mean_age,
        avg(score) AS mean_score
    FROM {people}
    GROUP BY ALL
"""
WHOLE = AGGREGATED.format(people=f"({DEDUPLICATED})")
TO_PARQUET = "COPY ({query}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)"


def run(statement: str, source: Path, target: Path, threads: int) -> Callable[[], dict[str, int]]:
    """Run a statement about `{people}`, with DuckDB's own memory limit and spilling.

    It says how many rows it has read, or written.
    """
    import duckdb

    spill = str(target.with_suffix(".spill"))
    connection = duckdb.connect(config={"threads": threads, "temp_directory": spill})
    connection.execute("SET enable_progress_bar = false")
    text = statement.format(people=f"read_csv('{source}')", target=target)

    def work() -> dict[str, int]:
        return {"read": connection.execute(text).fetchall()[0][0]}

    return work


def _to_parquet(query: str) -> str:
    return TO_PARQUET.format(query=query, target="{target}")


STAGES = {
    # Every column is cast and then only counted, so that nothing is kept or written.
    "read": partial(run, "SELECT count(COLUMNS(*)) FROM {people}"),
    "parquet": partial(run, _to_parquet("FROM {people}")),
    "deduplicate": partial(run, _to_parquet(DEDUPLICATED)),
    "whole": partial(run, _to_parquet(WHOLE)),
}
