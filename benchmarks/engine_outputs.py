"""Whether the contestants did the same work."""

from pathlib import Path

import duckdb
from engine_data import BAD_ONE_IN

_SUMS = """
    SELECT count(*), sum(id), sum(length(email)), sum(length(name)), sum(age),
        sum(epoch_us(created_at::TIMESTAMP)), count(*) FILTER (is_active), count(is_active),
        sum(round(score * 100)::BIGINT), count(country), sum(length(country)), sum(length(comment))
    FROM read_parquet(?) WHERE id % ? <> 0
"""
_ALL = 2**62
"""A number that divides no `id`."""


def compare_outputs(ours: Path, duckdbs: Path, ours_bad: Path) -> str:
    """Compare the rows and a sum over every column of the three outputs.

    Returns:
        What was found equal.

    Raises:
        RuntimeError: DuckDB's output is not ours, or ours from the file with bad records is not
            what remains of the other without them.
    """
    whole = _sums(ours, _ALL)
    _require_equal("duckdb", _sums(duckdbs, _ALL), whole)
    good = _sums(ours, BAD_ONE_IN)
    _require_equal("ours_bad", _sums(ours_bad, _ALL), good)
    return f"{whole[0]:,} rows of ours and of DuckDB, {good[0]:,} beside bad ones: equal sums"


def _sums(path: Path, without: int) -> tuple[int, ...]:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return connection.execute(_SUMS, [str(path), without]).fetchall()[0]


def _require_equal(name: str, found: tuple[int, ...], expected: tuple[int, ...]) -> None:
    if found != expected:
        raise RuntimeError(f"the output of {name} has the sums {found}, not {expected}")
