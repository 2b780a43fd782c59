"""pandas' script, Arrow-backed throughout; and the same validated by pandera and by Pydantic."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from engine_data import COUNTRIES

Frame = Any
Step = Callable[[Frame], Frame]
_VALIDATED_ROWS = 100_000


def normalized(people: Frame) -> Frame:
    """Text in one form; the NFC of pyarrow is many times as fast as that of pandas."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    def tidy(texts: Any) -> Any:
        composed = pd.Series(pc.utf8_normalize(pa.array(texts), "NFC"), dtype=texts.dtype)
        return composed.str.strip().str.replace(r"\s+", " ", regex=True)

    return people.assign(
        email=tidy(people["email"]).str.lower(),
        name=tidy(people["name"]),
        country=tidy(people["country"]),
        comment=tidy(people["comment"]),
    )


def deduplicated(people: Frame) -> Frame:
    """The first record of each `id`."""
    return normalized(people).drop_duplicates(subset="id")


def whole(people: Frame) -> Frame:
    """What is known of each country, name and state."""
    groups = deduplicated(people).groupby(
        ["country", "name", "is_active"], dropna=False, as_index=False, sort=False
    )
    return groups.agg(
        records=("id", "size"),
        emails=("email", "count"),
        comments=("comment", "count"),
        first_created=("created_at", "min"),
        last_created=("created_at", "max"),
        mean_age=("age", "mean"),
        mean_score=("score", "mean"),
    )


def pandera(people: Frame) -> Frame:
    """The whole job on what pandera found valid; a failure ends it."""
    import pandera.pandas as pa

    from etl_polyglot.generated.formats import FORMATS

    check, column = pa.Check, pa.Column
    schema = pa.DataFrameSchema(
        {
            "id": column(checks=check.ge(1)),
            "email": column(checks=check(lambda texts: texts.str.match(FORMATS["email"]))),
            "name": column(checks=check.str_length(1, 200)),
            "age": column(checks=check.in_range(0, 150), nullable=True),
            "created_at": column(),
            "is_active": column(nullable=True),
            "score": column(checks=check.in_range(0, 100), nullable=True),
            "country": column(checks=check.isin(COUNTRIES), nullable=True),
            "comment": column(checks=check.str_length(0, 200), nullable=True),
        },
        strict=True,
    )
    return whole(schema.validate(people, lazy=True))


def pydantic(people: Frame) -> Frame:
    """The whole job on what Pydantic, row by row, found valid; a failure ends it."""
    import datetime
    from typing import Annotated, Literal

    import pyarrow as pa
    from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

    from etl_polyglot.generated.formats import FORMATS

    class Person(BaseModel):
        model_config = ConfigDict(strict=True, extra="forbid")

        id: Annotated[int, Field(ge=1)]
        email: Annotated[str, Field(pattern=FORMATS["email"])]
        name: Annotated[str, Field(min_length=1, max_length=200)]
        created_at: datetime.datetime
        age: Annotated[int, Field(ge=0, le=150)] | None = None
        is_active: bool | None = None
        score: Annotated[float, Field(ge=0, le=100)] | None = None
        country: Literal[tuple(COUNTRIES)] | None = None  # type: ignore[valid-type]
        comment: Annotated[str, Field(max_length=200)] | None = None

    records = TypeAdapter(list[Person])
    for batch in pa.Table.from_pandas(people).to_batches(_VALIDATED_ROWS):
        records.validate_python(batch.to_pylist())
    return whole(people)


def run(step: Step, source: Path, target: Path, threads: int) -> Callable[[], None]:
    """Read the file, do the step on the frame, and write Parquet; pyarrow takes all cores."""
    import pandas as pd

    def work() -> None:
        people = pd.read_csv(source, engine="pyarrow", dtype_backend="pyarrow")
        step(people).to_parquet(target, compression="zstd", index=False)

    return work


STAGES = {
    "deduplicate": partial(run, deduplicated),
    "whole": partial(run, whole),
    "whole, pandera": partial(run, pandera),
    "whole, Pydantic": partial(run, pydantic),
}
