"""How CSV text becomes values; the tables are the rules."""

from typing import Any

import pyarrow as pa
import pytest

from etl_polyglot.engine.convert.text import column_from_text
from etl_polyglot.schema.registry import SchemaRegistry

REFUSED = object()

RULES: dict[str, dict[str, Any]] = {
    "integer": {
        "5": 5,
        "+5": 5,
        "-5": -5,
        "007": 7,
        "-0": 0,
        "0": 0,
        "1.0": 1,
        "12.": 12,
        "1e2": 100,
        "1E+2": 100,
        "120e-1": 12,
        "1.5e1": 15,
        "0e999999999": 0,
        "9007199254740991": 2**53 - 1,
        "-9007199254740991": -(2**53 - 1),
        "9007199254740991.000": 2**53 - 1,
        "000000000000000000000000000005": 5,
        "9007199254740992": REFUSED,
        "-9007199254740992": REFUSED,
        "99999999999999999999999999": REFUSED,
        "1e16": REFUSED,
        "1e999999999": REFUSED,
        "1e-999999999": REFUSED,
        "1.5": REFUSED,
        "125e-1": REFUSED,
        "": REFUSED,
        " 5": REFUSED,
        "5 ": REFUSED,
        "5\n": REFUSED,
        "0x1F": REFUSED,
        "0X1F": REFUSED,
        "1,000": REFUSED,
        "1_000": REFUSED,
        "٣": REFUSED,
        "+-5": REFUSED,
        "--5": REFUSED,
        "-": REFUSED,
        "NaN": REFUSED,
        "true": REFUSED,
    },
    "number": {
        "5": 5.0,
        "+5": 5.0,
        "-0.5": -0.5,
        ".5": 0.5,
        "5.": 5.0,
        "1e2": 100.0,
        "-1.25E-2": -0.0125,
        "0.1": 0.1,
        "1e-400": 0.0,
        "1e400": REFUSED,
        "-1e400": REFUSED,
        "nan": REFUSED,
        "NaN": REFUSED,
        "inf": REFUSED,
        "Infinity": REFUSED,
        "0x1p3": REFUSED,
        "1,5": REFUSED,
        "1 000": REFUSED,
        " 1": REFUSED,
        "1 ": REFUSED,
        "1e": REFUSED,
        ".": REFUSED,
        "": REFUSED,
    },
    "boolean": {
        "true": True,
        "True": True,
        "TRUE": True,
        "1": True,
        "false": False,
        "False": False,
        "FALSE": False,
        "0": False,
        "tRue": REFUSED,
        "yes": REFUSED,
        "t": REFUSED,
        " true": REFUSED,
        "1.0": REFUSED,
        "": REFUSED,
    },
    "string": {" a ": " a ", "": "", "5": "5", "null": "null"},
    "moment": {"2024-01-01T00:00:00Z": "2024-01-01T00:00:00Z", "soon": "soon"},
    "strings": {
        "a": ["a"],
        "a|b": ["a", "b"],
        "a||b": ["a", "", "b"],
        " a | b ": [" a ", " b "],
        "": [],
        "[]": [],
        '["a|b","c"]': ["a|b", "c"],
        '["a"': REFUSED,
        "[1]": REFUSED,
        "[null]": REFUSED,
        "[" * 500 + "]" * 500: REFUSED,
    },
    "integers": {
        "1|2": [1, 2],
        "1.0|+2": [1, 2],
        "[1,2.0]": [1, 2],
        "1|x": REFUSED,
        "1|": REFUSED,
        '["1"]': REFUSED,
        "[9007199254740992]": REFUSED,
    },
    "struct": {
        '{"x":1,"y":"a"}': {"x": 1, "y": "a"},
        '{"x":1.0}': {"x": 1, "y": None},
        '{"x":"1"}': REFUSED,
        '{"x":1,"z":2}': REFUSED,
        '{"x":1,"y":null}': REFUSED,
        "{": REFUSED,
        "[]": REFUSED,
        "null": REFUSED,
        "x": REFUSED,
        '{"x":' * 65 + "1" + "}" * 65: REFUSED,
    },
    "union": {
        "5": "5",
        "1": "true",
        "true": "true",
        "x": '"x"',
        "": '""',
        "1.5": '"1.5"',
        "[" * 100: f'"{"[" * 100}"',
    },
    "numeric_union": {"1": "true", "2": "2", "x": REFUSED, "": REFUSED, "1.5": REFUSED},
}


def cases() -> list[Any]:
    return [
        pytest.param(name, text, expected, id=f"{name} {text!r}")
        for name, rules in RULES.items()
        for text, expected in rules.items()
    ]


def convert(schemas: SchemaRegistry, name: str, texts: list[str | None]) -> list[Any]:
    (column,) = (c for c in schemas.get("kinds").columns if c.name == name)
    array, failed = column_from_text(column, pa.array(texts, pa.string()))
    assert array.type == column.text_type
    values = array.to_pylist()
    return [
        REFUSED if failed is not None and failed[row] else value for row, value in enumerate(values)
    ]


@pytest.mark.parametrize(("name", "text", "expected"), cases())
def test_a_text_becomes_a_value(
    schemas: SchemaRegistry, name: str, text: str, expected: Any
) -> None:
    assert convert(schemas, name, [text]) == [expected]


@pytest.mark.parametrize("name", RULES)
def test_a_verdict_does_not_depend_on_neighbours(schemas: SchemaRegistry, name: str) -> None:
    texts = [None, *RULES[name], None]
    assert convert(schemas, name, texts) == [None, *RULES[name].values(), None]


def test_a_slice_is_converted_like_a_whole_column(schemas: SchemaRegistry) -> None:
    (column,) = (c for c in schemas.get("kinds").columns if c.name == "integer")
    array, failed = column_from_text(column, pa.array(["x", "1", "0x2", "3"]).slice(1, 2))
    assert array.to_pylist() == [1, None]
    assert failed is not None
    assert failed.tolist() == [False, True]
