"""Whether the header of a CSV file is one."""

import re

import pyarrow as pa

from etl_polyglot.infer.observed import Observed
from etl_polyglot.infer.place import Place
from etl_polyglot.infer.texts import TextFacts
from etl_polyglot.infer.written import Written

_YEAR = re.compile(r"(1[89]|20)[0-9]{2}")


def looks_like_data(observed: Observed) -> bool:
    """Whether the names of a CSV file's columns would fit these as values.

    They do where every column of numbers, or of texts of a format, has a name that is one too;
    years are names of columns.
    """
    telling = [
        (name, place)
        for name, place in observed.root.members.items()
        if place.written is not None and _is_telling(place)
    ]
    return bool(telling) and all(_fits(name, place) for name, place in telling)


def _is_telling(place: Place) -> bool:
    return _is_number(place) or bool(place.texts.formats)


def _is_number(place: Place) -> bool:
    assert place.written is not None
    return 0 < place.texts.count == place.written.fits["number"]


def _fits(name: str, place: Place) -> bool:
    text = pa.array([name])
    if _is_number(place):
        written = Written()
        written.observe(text)
        return written.fits["number"] == 1 and not _YEAR.fullmatch(name)
    facts = TextFacts()
    facts.observe(text)
    return bool(set(facts.formats) & set(place.texts.formats))
