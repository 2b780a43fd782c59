"""The verdicts of test files are those of their values, whatever column could hold them."""

import json
from pathlib import Path
from typing import Any

import pytest

from etl_polyglot.schema.compile import JavaScript
from etl_polyglot.schema.conformance import Options, natural_array, run


@pytest.mark.parametrize(
    "value",
    [[1.5, True], [[0.5], [True]], [{"a": 1.5}, {"a": False}], [{}, {"a": 1}], {"a": None}],
)
def test_a_value_that_arrow_would_change_has_no_column(value: Any) -> None:
    assert natural_array(value) is None


@pytest.mark.parametrize("value", [None, True, 1, 1.5, "a", [1, 2.5], [[], [1]], {"a": [{"b": 1}]}])
def test_a_value_that_arrow_keeps_has_a_column(value: Any) -> None:
    array = natural_array(value)
    assert array is not None
    assert array.to_pylist() == [value]


@pytest.mark.parametrize(
    ("schema", "text", "valid"),
    [
        ({"items": {"type": "number"}}, "[1.5, true]", False),
        ({"uniqueItems": True}, "[1.5, 1, true]", True),
        ({"const": [0.1, True]}, "[0.1, true]", True),
        ({"minimum": 2**53 + 1}, "1e308", True),
        ({"minimum": 2**53 + 1}, "9007199254740992", True),
        ({"minimum": 2**53 + 1}, "9007199254740991", False),
        ({"const": 2**53 + 1}, "9007199254740992", True),
        ({"const": [2**53 + 1]}, "[9007199254740993]", True),
        ({"multipleOf": 2**53 + 1}, "18014398509481984", True),
        ({"maximum": 1e20}, "9007199254740992", True),
    ],
)
def test_rows_and_kernels_say_the_same_of_a_value(
    schema: Any, text: str, valid: bool, tmp_path: Path
) -> None:
    path = tmp_path / "case.json"
    path.write_text(json.dumps([{"schema": schema, "tests": [{"json": text, "valid": valid}]}]))
    (found,) = run(str(path), Options(tmp_path / "cache", JavaScript("zod", "checks"), errors=True))
    assert found["pydantic"] is valid
    assert found["columnar"] is valid
    assert bool(found["errors"]) is not valid
