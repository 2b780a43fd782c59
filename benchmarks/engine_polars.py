"""Polars' script: one lazy query, streamed into the file; and the same validated by dataframely."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from engine_data import COUNTRIES

Frame = Any
Query = Callable[[Frame], Frame]


def normalized(people: Frame) -> Frame:
    """Text in one form."""
    import polars as pl

    def tidy(column: str) -> Any:
        text = pl.col(column).str.normalize("NFC").str.strip_chars()
        return text.str.replace_all(r"\s+", " ")

    return people.with_columns(
        tidy("email").str.to_lowercase(), tidy("name"), tidy("country"), tidy("comment")
    )


def deduplicated(people: Frame) -> Frame:
    """One record of each `id`; those of one `id` are equal, so any will do."""
    return normalized(people).unique(subset="id", keep="any")


def whole(people: Frame) -> Frame:
    """What is known of each country, name and state."""
    import polars as pl

    return (
        deduplicated(people)
        .group_by("country", "name", "is_active")
        .agg(
            records=pl.len(),
            emails=pl.col("email").count(),
            comments=pl.col("comment").count(),
            first_created=pl.col("created_at").min(),
            last_created=pl.col("created_at").max(),
            mean_age=pl.col("age").mean(),
            mean_score=pl.col("score").mean(),
        )
    )


def dataframely(people: Frame) -> Frame:
    """The whole job on what dataframely found valid; a failure ends it."""
    import dataframely as dy
    import polars as pl

    from etl_polyglot.generated.formats import FORMATS

    class Person(dy.Schema):
        id = dy.Int64(nullable=False, min=1)
        email = dy.String(nullable=False, regex=FORMATS["email"])
        name = dy.String(nullable=False, min_length=1, max_length=200)
        age = dy.Int64(nullable=True, min=0, max=150)
        created_at = dy.Datetime(nullable=False, time_zone="UTC")
        is_active = dy.Bool(nullable=True)
        score = dy.Float64(nullable=True, min=0, max=100)
        country = dy.String(nullable=True)
        comment = dy.String(nullable=True, max_length=200)

        @dy.rule()
        def country_is_known(cls) -> pl.Expr:  # noqa: N805
            return pl.col("country").is_in(COUNTRIES)

    return whole(Person.validate(people))


def run(query: Query, source: Path, target: Path, threads: int) -> Callable[[], None]:
    """Stream a query over the file into Parquet; Polars takes all cores."""
    import polars as pl

    def work() -> None:
        people = pl.scan_csv(source, try_parse_dates=True)
        query(people).sink_parquet(target, compression="zstd")

    return work


STAGES = {
    "deduplicate": partial(run, deduplicated),
    "whole": partial(run, whole),
    "whole, dataframely": partial(run, dataframely),
}
