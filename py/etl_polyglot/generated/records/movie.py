# Generated from shared-schemas/records/movie.schema.json by `npm run generate`; do not edit.
from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from etl_polyglot.schema.checks import Integral


class MovieRecord(BaseModel):
    """A film, its makers and what it earned."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    title: Annotated[str, Field(min_length=1)] = Field(alias="Title")
    us_gross: Annotated[int, Field(ge=0), Integral] = Field(alias="US Gross")
    """US dollars."""
    worldwide_gross: Annotated[int, Field(ge=0), Integral] = Field(alias="Worldwide Gross")
    """US dollars."""
    us_dvd_sales: Annotated[int, Field(ge=0), Integral] | None = Field(
        default=None, alias="US DVD Sales"
    )
    """US dollars."""
    production_budget: Annotated[int, Field(ge=1), Integral] | None = Field(
        default=None, alias="Production Budget"
    )
    """US dollars."""
    release_date: Annotated[str, Field(pattern="^[A-Z][a-z]{2} [0-9]{2} [0-9]{4}$")] = Field(
        alias="Release Date"
    )
    """Month, day and year, as «Jun 12 1998»."""
    mpaa_rating: str | None = Field(default=None, alias="MPAA Rating")
    running_time_min: Annotated[int, Field(ge=1), Integral] | None = Field(
        default=None, alias="Running Time min"
    )
    distributor: str | None = Field(default=None, alias="Distributor")
    source: str | None = Field(default=None, alias="Source")
    major_genre: str | None = Field(default=None, alias="Major Genre")
    creative_type: str | None = Field(default=None, alias="Creative Type")
    director: str | None = Field(default=None, alias="Director")
    rotten_tomatoes_rating: Annotated[int, Field(ge=0, le=100), Integral] | None = Field(
        default=None, alias="Rotten Tomatoes Rating"
    )
    """Per cent."""
    imdb_rating: Annotated[float, Field(ge=0, le=10)] | None = Field(
        default=None, alias="IMDB Rating"
    )
    imdb_votes: Annotated[int, Field(ge=0), Integral] | None = Field(
        default=None, alias="IMDB Votes"
    )
