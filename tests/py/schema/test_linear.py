"""The compiler tells the patterns that a backtracking engine matches in linear time."""

import pytest

from etl_polyglot.schema.linear import is_linear
from etl_polyglot.schema.regex import read


@pytest.mark.parametrize(
    "pattern",
    [
        "^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$",
        "^[A-Z][a-z]{2} [0-9]{2} [0-9]{4}$",
        "^a*b+$",
        "^(?:a|b)c?$",
        "foo",
        "^$",
        "",
        "^[^@]*@[^@]*$",
    ],
)
def test_one_way_through_a_text_is_linear(pattern: str) -> None:
    assert is_linear(read(pattern))


@pytest.mark.parametrize(
    "pattern",
    [
        "^(a+)+$",
        "^(a|a)*$",
        "^(?:a*)*$",
        "(a|a){20}",
        "a+$",
        "^a*a*$",
        "^.*foo$",
        "foo.*bar",
        "^(?:[a-z]{0,100}){0,10}$",
        "^(?:ab)*$",
    ],
)
def test_several_ways_or_places_to_begin_are_not(pattern: str) -> None:
    assert not is_linear(read(pattern))
