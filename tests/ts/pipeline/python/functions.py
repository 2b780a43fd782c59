"""Functions for the tests of calls by name."""

import os
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


@function
def arranged(data: pa.Table, columns: list[int | None]) -> pa.Table:
    """Give columns of a table under other names, and the numbers of the rows for None."""
    numbers = pa.field("number", pa.int64())
    fields = [numbers if at is None else data.schema.field(at) for at in columns]
    renamed = [field.with_name(f"{field.name}{place}") for place, field in enumerate(fields)]
    rows = pa.array(range(data.num_rows))
    arrays = [rows if at is None else data.column(at) for at in columns]
    return pa.table(arrays, schema=pa.schema(renamed, data.schema.metadata))


@function
def with_name_twice(data: pa.Table) -> pa.Table:
    """Add a column of texts under the name of the first."""
    return data.append_column(data.column_names[0], data.column(0).cast(pa.string()))


@function
def arranged_frame(data: pd.DataFrame, columns: list[int]) -> pd.DataFrame:
    """Give columns of a frame, and the numbers of the rows."""
    return data.iloc[:, columns].assign(number=range(len(data)))


@function
def ends_worker() -> None:
    """End the worker."""
    os._exit(3)
