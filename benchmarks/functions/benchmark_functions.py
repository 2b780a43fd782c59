"""What the benchmarks call by name."""

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from frame_work import with_age_in_months

from etl_polyglot import function


@function
def age_users(data: pd.DataFrame) -> pd.DataFrame:
    """Return the users with their age in months as one more column."""
    return with_age_in_months(data)


@function
def spin(turns: int) -> int:
    """Keep the interpreter busy."""
    total = 0
    for turn in range(turns):
        total += turn * turn % 7
    return total


@function
def ends(data: pa.Table) -> list[list[float]]:
    """Return the first and the last value of each column."""
    return [[column[0].as_py(), column[-1].as_py()] for column in data.columns]


@function
def sums(data: pa.Table) -> list[float]:
    """Return the sum of each column."""
    return [pc.sum(column).as_py() for column in data.columns]
