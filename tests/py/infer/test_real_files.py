"""Schemas drafted from real data sets."""

from pathlib import Path

import pytest

from .support import Infer, guess

DATA = Path(__file__).parents[3] / "node_modules/vega-datasets/data"


def test_airports(infer: Infer):
    inferred = infer(DATA / "airports.csv")
    assert inferred.records == 3376
    assert guess(inferred, "latitude")["type"] == "number"
    assert "USA" in guess(inferred, "country")["enum"]


def test_zip_codes_stay_text_and_are_the_key(infer: Infer):
    inferred = infer(DATA / "zipcodes.csv")
    assert guess(inferred, "zip_code") == {"type": "string", "maxLength": 10}
    assert inferred.document["x-primary-key"] == ["zip_code"]


def test_weather_has_dates_and_kinds(infer: Infer):
    inferred = infer(DATA / "seattle-weather.csv")
    assert guess(inferred, "date") == {"type": "string", "format": "date"}
    assert guess(inferred, "weather")["enum"] == ["drizzle", "fog", "rain", "snow", "sun"]
    assert guess(inferred, "temp_min") == {"type": "number"}


def test_movies_mix_titles_that_are_numbers(infer: Infer):
    inferred = infer(DATA / "movies.json")
    assert guess(inferred, "Title") == {"type": ["integer", "string", "null"]}
    assert guess(inferred, "MPAA Rating")["enum"][-1] is None


@pytest.mark.parametrize(
    "name",
    ["birdstrikes.csv", "github.csv", "stocks.csv", "barley.json", "cars.json", "penguins.json",
     "gapminder.json", "flights-2k.json"],
)  # fmt: skip
def test_what_is_drafted_is_never_taken_back(infer: Infer, name: str):
    inferred = infer(DATA / name)
    assert inferred.records > 0
    assert not any(note.startswith("taken out") for note in inferred.notes)


def test_tabs_are_detected(infer: Infer):
    inferred = infer(DATA / "unemployment.tsv", "csv")
    assert list(inferred.document["properties"]) == ["id", "rate"]
    assert inferred.notes == ()
