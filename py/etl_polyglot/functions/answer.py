"""What a function returned, as it goes back to Node: a JSON value, and tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.types as pat
from pydantic import BaseModel

from etl_polyglot.functions.errors import UnusableAnswerError
from etl_polyglot.functions.tables import as_arrow

ALONE = ""
"""The key of a table that is the whole answer."""

_MUST = "a function returns a table, a batch, a frame, JSON values, or a dict of them"


@dataclass(frozen=True)
class Answer:
    """One answer, or one piece of a stream.

    Attributes:
        value: JSON, already written.
        tables: those of it that are tables, by the member's name.
    """

    value: orjson.Fragment
    tables: Mapping[str, pa.Table | pa.RecordBatch]


def answer_of(result: object) -> Answer:
    """Take apart what a function returned.

    Raises:
        UnusableAnswerError: it holds what is no JSON value, a frame that is no table, or a column
            of a type that JavaScript cannot read.
    """
    table = _table(result)
    if table is not None:
        return Answer(_json(None), {ALONE: table})
    if not isinstance(result, dict):
        return Answer(_json(result), {})
    tables = {name: found for name, one in result.items() if (found := _table(one)) is not None}
    if not all(isinstance(name, str) and name != ALONE for name in tables):
        raise UnusableAnswerError("it returned a dict with a table under no name; name it by text")
    return Answer(_json({name: one for name, one in result.items() if name not in tables}), tables)


def _table(value: object) -> pa.Table | pa.RecordBatch | None:
    try:
        table = as_arrow(value)
    except (pa.ArrowException, ValueError, TypeError) as error:
        raise UnusableAnswerError(f"it returned a frame that is no table: {error}") from error
    for field in () if table is None else table.schema:
        if not _is_readable(field.type):
            reason = f"column {field.name} has the type {field.type}, which JavaScript cannot read"
            raise UnusableAnswerError(f"it returned a table whose {reason}; cast it")
    return table


def _is_readable(found: pa.DataType) -> bool:
    """Whether apache-arrow, which opens the table in Node, has this type and those within it."""
    if pat.is_run_end_encoded(found) or pat.is_list_view(found) or pat.is_large_list_view(found):
        return False
    if isinstance(found, pa.DictionaryType):
        return _is_readable(found.value_type)
    if isinstance(found, pa.BaseExtensionType):
        return _is_readable(found.storage_type)
    return all(_is_readable(found.field(at).type) for at in range(found.num_fields))


def _json(value: object) -> orjson.Fragment:
    try:
        return orjson.Fragment(orjson.dumps(value, _plain, orjson.OPT_STRICT_INTEGER))
    except orjson.JSONEncodeError as error:
        reason = str(error.__cause__ or error)
        raise UnusableAnswerError(f"it returned what is no JSON ({reason}); {_MUST}") from error


def _plain(value: Any) -> Any:
    """What stands in JSON for a value that JSON has no name for."""
    match value:
        case pa.Scalar():
            return value.as_py()
        case np.datetime64():
            return None if np.isnat(value) else value.astype("datetime64[us]").item()
        case np.generic() if not isinstance(value, np.timedelta64):
            return value.item()
        case np.ndarray():
            # Of times in nanoseconds, item() and tolist() make bare numbers.
            return list(value) if value.dtype.kind in "mM" else value.tolist()
        case pd.Timestamp():
            return value.to_pydatetime(warn=False)
        case BaseModel():
            return value.model_dump(mode="json")
    if value is pd.NA or value is pd.NaT:
        return None
    raise TypeError(f"a {type(value).__name__}")
