"""JSON text is the same as JavaScript's JSON.stringify gives."""

import pytest

from etl_polyglot.schema.canonical import canonical_json, number_text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (-1.5, "-1.5"),
        (0.1, "0.1"),
        (1e2, "100"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (1.5e300, "1.5e+300"),
        (1e-6, "0.000001"),
        (1.25e-7, "1.25e-7"),
        (5e-324, "5e-324"),
        (2**53 - 1, "9007199254740991"),
        (2**53 + 1, "9007199254740992"),
        (2**60, "1152921504606847000"),
        (10**400, "null"),
        (float("nan"), "null"),
        (123456789.123, "123456789.123"),
    ],
)
def test_numbers_are_written_as_ecmascript_writes_them(number: float, text: str) -> None:
    assert number_text(number) == text


def test_equal_values_give_equal_text() -> None:
    assert canonical_json({"b": 1.0, "a": [True, None]}) == '{"a":[true,null],"b":1}'
    # JavaScript lists integer-like keys first, then the others by UTF-16 code units.
    value = {"b": 1, "10": 1, "9": 1, "01": 1, "\uffff": 1, "😀": 1}
    assert list(map(ord, canonical_json(value))) == list(
        map(ord, '{"9":1,"10":1,"01":1,"b":1,"😀":1,"\uffff":1}')
    )
