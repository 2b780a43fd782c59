"""Writes a case as a vector, which the tests of both languages run from then on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from etl_polyglot.generated.formats import FORMATS
from etl_polyglot.schema.explain import explain
from etl_polyglot.schema.load import Source
from etl_polyglot.schema.parse import parse_record

from .case import Case


def vector_of(case: Case, description: str) -> dict[str, Any]:
    """Return a record schema with its rows and the errors of each, as Python explains them."""
    schema = case.schema
    if not case.is_record:
        # Its own resource, so that references stay what they were.
        inner = {"$id": "etl:value", **schema} if isinstance(schema, dict) else schema
        schema = {"type": "object", "properties": {"value": inner}, "required": ["value"]}
    root = parse_record(Source("case", Path("case.schema.json"), schema, ""), FORMATS).root
    rows = []
    for row in case.rows:
        errors = [{**one} for one in explain(root, row, 0)]
        rows.append({"row": row, "errors": [_without_index(one) for one in errors]})
    return {"description": description, "schema": schema, "rows": rows}


def _without_index(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != "index"}


def write_vector(case: Case, description: str, path: Path) -> None:
    """Write a vector file, a row a line."""
    vector = vector_of(case, description)
    rows = ",\n".join(f"    {json.dumps(row, ensure_ascii=False)}" for row in vector.pop("rows"))
    head = json.dumps(vector, ensure_ascii=False, indent=2).removesuffix("\n}")
    path.write_text(f'{head},\n  "rows": [\n{rows}\n  ]\n}}\n', "utf-8")
