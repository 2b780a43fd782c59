"""Whether the contestants made the same: digests of their outputs, and which must be equal."""

from collections.abc import Sequence
from pathlib import Path

import duckdb
from engine_cases import Case
from engine_data import is_bad
from engine_duckdb import AGGREGATED, NORMALIZED

_PEOPLE = """
    SELECT count(*) || ' rows, ' || sum(hash(
        id, email, name, age, epoch_us(created_at::TIMESTAMP), is_active, score, country, comment
    )) FROM ({people})
"""
_SHIFT = 2.718281828e-7
"""Keeps means from lying half-way between two roundings, where the last bit would decide."""
_GROUPS = f"""
    SELECT sum(records) || ' rows in ' || count(*) || ' groups, ' || sum(hash(
        country, name, is_active, records, emails, comments,
        epoch_us(first_created::TIMESTAMP), epoch_us(last_created::TIMESTAMP),
        round(mean_age + {_SHIFT}, 6), round(mean_score + {_SHIFT}, 6)
    )) FROM ({{groups}})
"""


def digest(case: Case, output: Path) -> str:
    """Return what a case's output holds, in whatever order its rows stand.

    `read` leaves none, and counts what it read. `parquet` is compared in normal form, since
    DuckDB copies without one; the means of `whole` to six decimals.
    """
    if case.result == "read":
        return f"{case.said()['read']} records"
    if case.result == "whole":
        return _answer(_GROUPS.format(groups=_read(output)))
    copied = case.result == "parquet"
    people = NORMALIZED.format(people=f"({_read(output)})") if copied else _read(output)
    return _answer(_PEOPLE.format(people=people))


def compare(cases: Sequence[Case], folder: Path) -> list[str]:
    """Compare the digests of one stage on one file, as far as its cases came to an end.

    What a file with bad records comes to must be what a file without comes to when the `id`s that
    are bad are left out.

    Returns:
        What was found equal.

    Raises:
        RuntimeError: an output is not what the others are.
    """
    groups: dict[str, dict[str, str]] = {}
    for case in cases:
        if case.digest is not None:
            stage = f"{case.result}, {case.source_file}"
            groups.setdefault(stage, {})[case.name] = case.digest
    reference = next(case for case in cases if case.is_reference).target(folder)
    for case in cases:
        if case.percent_bad:
            digests = groups[f"{case.result}, {case.source_file}"]
            digests["expected"] = _without_bad(reference, case.percent_bad)
    for stage, digests in groups.items():
        if len(set(digests.values())) > 1:
            raise RuntimeError(f"the outputs of {stage} differ: {digests}")
    return [f"{stage}: {found.popitem()[1]}" for stage, found in groups.items()]


def _without_bad(deduplicated: Path, percent_bad: int) -> str:
    good = f"({_read(deduplicated)} WHERE NOT {is_bad(percent_bad, 'id')})"
    return _answer(_GROUPS.format(groups=AGGREGATED.format(people=good)))


def _read(file: Path) -> str:
    return f"SELECT * FROM read_parquet('{file}')"


def _answer(query: str) -> str:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
        (found,) = connection.execute(query).fetchall()[0]
        return str(found)
