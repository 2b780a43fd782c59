"""What is measured in Python: each contestant finds the bad rows of the users, and their faults.

Run as `validation_contestants.py NAME FOLDER PERCENT ROWS`; prints how many rows it found bad,
then the seconds of the work alone. Reading the data into each one's own form, and a first run on
a few rows, are not measured.
"""

import itertools
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa

from etl_polyglot.generated.formats import FORMATS

WARM_UP_ROWS = 5_000
Work = Callable[[Any], int]


def pydantic_rows() -> Work:
    """A model as one writes it by hand, row by row."""
    from typing import Annotated

    from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

    def unique(tags: list[str]) -> list[str]:
        if len(set(tags)) < len(tags):
            raise ValueError("a tag stands twice")
        return tags

    class User(BaseModel):
        model_config = ConfigDict(strict=True, extra="forbid")

        id: Annotated[int, Field(ge=1)]
        email: Annotated[str, Field(pattern=FORMATS["email"])]
        name: Annotated[str, Field(min_length=1, max_length=200)]
        created_at: Annotated[str, Field(pattern=FORMATS["date-time"])]
        age: Annotated[int, Field(ge=0, le=150)] | None = None
        is_active: bool | None = None
        tags: Annotated[list[str], Field(max_length=50), AfterValidator(unique)] | None = None

    def work(rows: list[dict[str, Any]]) -> int:
        bad = []
        for index, row in enumerate(rows):
            try:
                User.model_validate(row)
            except ValidationError as exc:
                bad.append((index, exc.errors(include_url=False, include_context=False)))
        return len(bad)

    return work


def ours_columnar(threads: int | None) -> Work:
    """Ours, with an error record for every fault."""
    from etl_polyglot import DataFrameValidator
    from etl_polyglot.generated.records.user import UserRecord

    validator = DataFrameValidator(UserRecord)

    def work(table: pa.Table) -> int:
        report = validator.validate_dataframe(table, max_errors=None, threads=threads)
        return report.invalid_records

    return work


def dataframely() -> Work:
    """dataframely on Polars, which takes all cores; its failures say which rules each row broke."""
    import dataframely as dy
    import polars as pl

    class User(dy.Schema):
        id = dy.Int64(nullable=False, min=1)
        email = dy.String(nullable=False, regex=FORMATS["email"])
        name = dy.String(nullable=False, min_length=1, max_length=200)
        age = dy.Int64(nullable=True, min=0, max=150)
        created_at = dy.String(nullable=False, regex=FORMATS["date-time"])
        is_active = dy.Bool(nullable=True)
        tags = dy.List(dy.String(nullable=False), nullable=True, max_length=50)

        @dy.rule()
        def no_tag_twice(cls) -> pl.Expr:  # noqa: N805
            return pl.col("tags").list.n_unique() == pl.col("tags").list.len()

    def work(frame: pl.DataFrame) -> int:
        _, failures = User.filter(frame)
        return len(failures.details()) if len(failures) else 0

    return work


def pandera() -> Work:
    """pandera on an Arrow-backed pandas frame, all faults at once (`lazy`)."""
    import pandera.pandas as pa_pandas
    from pandera.errors import SchemaErrors

    def matches(name: str) -> Any:
        expression = FORMATS[name]
        return pa_pandas.Check(lambda texts: texts.str.match(expression), name=name)

    def few(lists: Any) -> Any:
        return lists.list.len() <= 50

    def unique(lists: Any) -> Any:
        return lists.map(lambda tags: len(set(tags)) == len(tags), na_action="ignore")

    check, column = pa_pandas.Check, pa_pandas.Column
    schema = pa_pandas.DataFrameSchema(
        {
            "id": column(checks=check.ge(1)),
            "email": column(checks=matches("email")),
            "name": column(checks=check.str_length(1, 200)),
            "age": column(checks=check.in_range(0, 150), nullable=True),
            "created_at": column(checks=matches("date-time")),
            "is_active": column(nullable=True),
            "tags": column(checks=[check(few), check(unique)], nullable=True),
        },
        strict=True,
    )

    def work(frame: Any) -> int:
        try:
            schema.validate(frame, lazy=True)
        except SchemaErrors as exc:
            return int(exc.failure_cases["index"].nunique())
        return 0

    return work


def read_rows(folder: Path, percent: int, rows: int) -> list[dict[str, Any]]:
    """Return the users as one has them from JSON."""
    with (folder / f"users-{percent}.ndjson").open(encoding="utf-8") as file:
        return [json.loads(line) for line in itertools.islice(file, rows)]


def read_table(folder: Path, percent: int, rows: int) -> pa.Table:
    """Return the users as an Arrow table in memory."""
    with pa.OSFile(str(folder / f"users-{percent}.arrow")) as file:
        return pa.ipc.open_file(file).read_all().slice(0, rows)


def read_polars(folder: Path, percent: int, rows: int) -> Any:
    """Return the users as a Polars frame in one piece."""
    import polars as pl

    return pl.DataFrame(read_table(folder, percent, rows)).rechunk()


def read_pandas(folder: Path, percent: int, rows: int) -> Any:
    """Return the users as an Arrow-backed pandas frame."""
    import pandas as pd

    return read_table(folder, percent, rows).to_pandas(types_mapper=pd.ArrowDtype)


CONTESTANTS: dict[str, tuple[Callable[[], Work], Callable[[Path, int, int], Any]]] = {
    "pydantic": (pydantic_rows, read_rows),
    "ours, 1 core": (lambda: ours_columnar(1), read_table),
    "ours": (lambda: ours_columnar(None), read_table),
    "dataframely": (dataframely, read_polars),
    "pandera": (pandera, read_pandas),
}


if __name__ == "__main__":
    name, folder, percent, rows = sys.argv[1:]
    make, read = CONTESTANTS[name]
    data, work = read(Path(folder), int(percent), int(rows)), make()
    work(data[:WARM_UP_ROWS])
    began = time.perf_counter()
    bad = work(data)
    seconds = time.perf_counter() - began
    print(bad)
    print(seconds)
