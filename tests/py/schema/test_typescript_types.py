"""TypeScript's own types say what `z.infer` cannot: values within themselves."""

import json
from pathlib import Path
from typing import Any

import pytest

from etl_polyglot.generated.formats import FORMATS
from etl_polyglot.schema.emit.modules import typescript_module
from etl_polyglot.schema.load import load_source
from etl_polyglot.schema.parse import parse_record


def declared(folder: Path, definition: dict[str, Any]) -> str:
    document = {
        "type": "object",
        "properties": {"value": {"$ref": "#/$defs/json"}},
        "$defs": {"json": definition},
    }
    path = folder / "subject.schema.json"
    path.write_text(json.dumps(document), "utf-8")
    record = parse_record(load_source(path), FORMATS)
    return typescript_module(record, "Subject", "", "checks")


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        (
            {"type": "object", "additionalProperties": {"$ref": "#/$defs/json"}},
            "type Json = { [key: string]: Json };",
        ),
        (
            {
                "anyOf": [
                    {"type": ["null", "number"]},
                    {"type": "array", "items": {"$ref": "#/$defs/json"}},
                    {"type": "object", "additionalProperties": {"$ref": "#/$defs/json"}},
                ]
            },
            "type Json = ((null | number) | Json[] | { [key: string]: Json });",
        ),
    ],
)
def test_a_map_of_itself_is_a_type_that_typescript_admits(
    tmp_path: Path, definition: dict[str, Any], expected: str
) -> None:
    assert expected in declared(tmp_path, definition)
