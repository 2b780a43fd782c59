"""Validators of small schemas, and what they make of single columns."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pandas as pd

from etl_polyglot import DataFrameValidator, compile_schema
from etl_polyglot.frames import validator as validator_module

NAME = "value"
ANY: dict[str, Any] = {}
ROOT = Path(__file__).resolve().parents[3]


def validator(document: dict[str, Any]) -> DataFrameValidator:
    return _validator(json.dumps(document))


@cache
def _validator(text: str) -> DataFrameValidator:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "subject.schema.json")
        path.write_text(text, "utf-8")
        return DataFrameValidator(compile_schema(path))


@contextmanager
def chunks_of(rows: int) -> Iterator[None]:
    """Have frames judged in chunks of so many rows."""
    with patch.object(validator_module, "CHUNK_ROWS", rows):
        yield


def record(member: Any, *, required: bool = False, closed: bool = True) -> dict[str, Any]:
    """A record schema with one member."""
    return {
        "type": "object",
        "properties": {NAME: member},
        "required": [NAME] if required else [],
        "additionalProperties": not closed,
    }


def errors(column: Any, member: Any, *, required: bool = False) -> list[Any]:
    """The errors of a column of values, per row as [keyword, value] or [keyword]."""
    frame = column if hasattr(column, "columns") else pd.DataFrame({NAME: column})
    report = validator(record(member, required=required)).validate_dataframe(frame)
    found: list[Any] = [[] for _ in range(report.total_records)]
    for error in report.errors:
        value = [error["value"]] if "value" in error else []
        found[error["index"]].append([error["keyword"], *value])
    return found


def seen(column: Any) -> list[Any]:
    """What a column's values are taken for: the value that `const` shows, or `absent`."""
    told = errors(column, {"const": ["no such value"]})
    return [only[0][-1] if only else "absent" for only in told]
