"""Requests for columns that are not there, or not of a type for them."""

from collections.abc import Iterable

import pyarrow as pa

from etl_polyglot.engine.comparable import comparable
from etl_polyglot.engine.errors import JobError
from etl_polyglot.schema.profile import did_you_mean


def check_columns_of(step: str, names: Iterable[str], columns: pa.Schema) -> None:
    """Refuse a step that names columns which are not there.

    Raises:
        JobError: `INVALID_REQUEST`, with the columns that there are.
    """
    for name in names:
        if name not in columns.names:
            known = list(columns.names)
            hint = did_you_mean(name, known, f"at this step there are {', '.join(known)}")
            raise refused(step, f"there is no column {name}; {hint}")


def check_comparable(step: str, names: Iterable[str], columns: pa.Schema) -> None:
    """Refuse a step that compares columns whose values cannot be compared.

    Raises:
        JobError: `INVALID_REQUEST`, with the column's type.
    """
    for name in names:
        kind = columns.field(name).type
        if comparable(kind) is None:
            raise refused(step, f"values of column {name}, which is {kind}, cannot be compared")


def refused(step: str, reason: str) -> JobError:
    """The error that says why a step cannot be done."""
    return JobError("INVALID_REQUEST", {"reason": f"{step}: {reason}"})
