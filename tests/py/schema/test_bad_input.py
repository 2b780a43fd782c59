"""What a row may hold that is bad: one verdict from rows and from columns, never a crash."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from etl_polyglot.schema.errors import record_json
from etl_polyglot.schema.json_text import parse_json, refuse_unsound
from etl_polyglot.schema.validator import BatchValidator

from .support import compiled, encoded

JSON = {
    "anyOf": [
        {"type": ["null", "boolean", "number", "string"]},
        {"type": "array", "items": {"$ref": "#/$defs/json"}},
        {"type": "object", "additionalProperties": {"$ref": "#/$defs/json"}},
    ]
}
TREE = {
    "type": "object",
    "properties": {"v": {"type": "integer"}, "next": {"$ref": "#/$defs/tree"}},
    "required": ["v"],
}
SCHEMA = {
    "type": "object",
    "properties": {
        "id": {"type": "integer"},
        "ratio": {"type": "number", "maximum": 10},
        "text": {"type": "string", "pattern": "^(a+)+$"},
        "words": {"type": "string", "pattern": "a[^b]{100}b"},
        "short": {"type": "string", "maxLength": 9},
        "list": {"type": "array", "items": {"enum": [f"value {at}" for at in range(800)]}},
        "any": {"$ref": "#/$defs/json"},
        "tree": {"$ref": "#/$defs/tree"},
    },
    "additionalProperties": False,
    "$defs": {"json": JSON, "tree": TREE},
}
MEGABYTE = 1_000_000
MOST = 10_000


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


def tree(depth: int, leaf: str) -> str:
    return '{"v":1,"next":' * depth + f'{{"v":{leaf}}}' + "}" * depth


def member(name: str, value: str) -> str:
    return f'{{"{name}":{value}}}'


@pytest.fixture(scope="module")
def validator(tmp_path_factory: pytest.TempPathFactory) -> BatchValidator:
    folder: Path = tmp_path_factory.mktemp("bad")
    return BatchValidator(compiled(folder, SCHEMA))


@pytest.mark.parametrize(
    ("text", "errors"),
    [
        pytest.param(member("tree", tree(60, "1")), 0, id="deep and good"),
        pytest.param(member("tree", tree(60, '"x"')), 1, id="deep, bad at its end"),
        pytest.param(member("any", nested(63)), 0, id="arrays 63 deep"),
        pytest.param(member("short", f'"{"x" * MEGABYTE}"'), 1, id="1 MB of text"),
        pytest.param(member("text", f'"{"a" * MEGABYTE}"'), 0, id="1 MB of two readings"),
        pytest.param(member("text", f'"{"a" * MEGABYTE}!"'), 1, id="1 MB of two readings, bad"),
        pytest.param(member("words", f'"{"ac" * (MEGABYTE // 2)}"'), 1, id="1 MB of many ways"),
        pytest.param(member("list", f"[{','.join(['7'] * MOST)}]"), MOST, id="10,000 errors"),
        pytest.param(member("list", f"[{','.join(['7'] * 150_000)}]"), MOST, id="150,000 errors"),
        pytest.param('{"short":"\\ud83d\\ude00"}', 0, id="a whole surrogate pair"),
        pytest.param('{"__proto__":{"id":1}}', 1, id="__proto__"),
        pytest.param('{"constructor":1}', 1, id="constructor"),
        pytest.param('{"ratio":1e308}', 1, id="a number that is nearly too large"),
        pytest.param('{"id":9007199254740992}', 1, id="2^53"),
        pytest.param('{"id":9007199254740993}', 1, id="2^53+1"),
        pytest.param('{"id":9007199254740991}', 0, id="2^53-1"),
        pytest.param('{"id":100000000000000000000}', 1, id="1e20"),
        pytest.param('{"id":1.0}', 0, id="1.0 as an integer"),
        pytest.param('{"id":-0}', 0, id="-0"),
    ],
)
def test_a_row_gets_one_verdict(validator: BatchValidator, text: str, errors: int) -> None:
    row = parse_json(text)
    refuse_unsound(row)
    verdicts = [
        validator.validate_rows([row], 0, MOST),
        validator.validate(encoded(validator.schema, [row]), 0, MOST),
    ]
    for verdict in verdicts:
        assert (verdict.valid is None) == (errors == 0)
        assert len(verdict.errors) == errors
    assert [*map(record_json, verdicts[0].errors)] == [*map(record_json, verdicts[1].errors)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (member("any", nested(65)), "deep"),
        ('{"short":"\\ud800"}', "surrogate"),
        ('{"id":1,"id":2}', "twice"),
        ('{"ratio":NaN}', "NaN"),
        ('{"ratio":1e400}', "double"),
        ("{", "Expecting"),
    ],
)
def test_what_is_no_json_is_refused_before_any_schema(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        refuse_unsound(parse_json(text))


@pytest.mark.parametrize("value", [math.nan, math.inf, 10**400])
def test_a_number_that_no_json_holds_is_of_no_type(validator: BatchValidator, value: Any) -> None:
    verdict = validator.validate_rows([{"ratio": value}], 0, MOST)
    assert [(one["path"], one["keyword"]) for one in verdict.errors] == [("/ratio", "type")]
    assert json.loads(record_json(verdict.errors[0]))["value"] is None
