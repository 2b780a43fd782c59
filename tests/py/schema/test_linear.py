"""The compiler tells the patterns that a backtracking engine matches in linear time."""

import pytest

from etl_polyglot.schema.regex.linear import check_size, is_linear
from etl_polyglot.schema.regex.portable import PatternError, read


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


@pytest.mark.parametrize(
    "pattern",
    [
        "^.{0,900}$",
        "^[a-z]{600}[0-9]{600}$",
        "a.{100}b",
        "[ab]*a[ab]{60}c",
        r"^\p{Lu}{1,100}(?:[ -]\p{Lu}{1,100})*$",
    ],
)
def test_a_pattern_compiles_where_it_is_matched_fast(pattern: str) -> None:
    check_size(read(pattern))


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("a.{900}b", "more than 128 characters"),
        ("(a?){1000}b", "more than 128 characters"),
        ("^(?:(?:a?){31}b?){31}c", "more than 128 characters"),
        ("^a{400}b{400}(?:ab)*$", "more than 500 characters"),
    ],
)
def test_a_pattern_is_refused_where_a_long_text_would_take_long(pattern: str, reason: str) -> None:
    with pytest.raises(PatternError, match=reason):
        check_size(read(pattern))
