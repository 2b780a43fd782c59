"""Functions for the tests of calls by name."""

import time
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pyarrow as pa

from etl_polyglot import function


@function
def split(data: pa.Table, at: int) -> dict[str, Any]:
    """Cut a table in two."""
    return {"head": data.slice(0, at), "tail": data.slice(at), "rows": data.num_rows}


@function
def columns(data: pa.Table, schema: str | None = None) -> dict[str, Any]:
    """Say what has come."""
    return {"columns": data.column_names, "rows": data.num_rows, "schema": schema}


@function
def count(data: Iterator[pa.Table]) -> int:
    """Count the rows of a stream."""
    return sum(table.num_rows for table in data)


@function
def doubled(data: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Double a column, frame by frame."""
    for frame in data:
        yield frame.assign(id=frame["id"] * 2)


@function
def numbers(upto: int) -> Iterator[int]:
    """Count."""
    yield from range(upto)
    return "done"


@function
def failing(data: pa.Table) -> None:
    """Fail."""
    raise KeyError("no such thing")


@function
def slow() -> str:
    """Take long."""
    time.sleep(2)
    return "late"
