"""The error records of records that cannot be parsed or cast."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

import numpy as np
import pyarrow as pa

from etl_polyglot.engine.convert.text import Mask, admitted_types
from etl_polyglot.engine.rows import Rows
from etl_polyglot.generated.validation import STAGES
from etl_polyglot.schema.record import Column

VALUE_LIMIT = 200
"""Code points of a value that an error record shows."""

_JSON_TYPES = {"list": "array", "struct": "object"}


def parse_error(expected: str) -> dict[str, Any]:
    """The error of text that is no record; `expected` says what should have stood there."""
    return {
        "path": "",
        "field": "",
        "code": STAGES["parse"]["code"],
        "message": STAGES["parse"]["message"].format(expected=expected),
        "keyword": "parse",
        "expected": expected,
    }


def cast_error(column: Column | None, value: Any) -> dict[str, Any]:
    """The error of a value that cannot become its column's type.

    Parameters:
        column: the column; None when the whole record is no object.
        value: the value as the source has it.
    """
    name = "" if column is None else column.name
    expected = "object" if column is None else _expected(column)
    shown = value
    if isinstance(value, str) and len(value) > VALUE_LIMIT:
        shown = value[:VALUE_LIMIT] + "…"
    return {
        "path": "" if column is None else "/" + name.replace("~", "~0").replace("/", "~1"),
        "field": name,
        "code": STAGES["cast"]["code"],
        "message": STAGES["cast"]["message"].format(expected=expected),
        "keyword": "cast",
        "expected": expected,
        "value": shown,
    }


def _expected(column: Column) -> str:
    if column.kind == "json":
        return " or ".join(sorted(admitted_types(column.node) or {"any"}))
    return _JSON_TYPES.get(column.kind, column.kind)


def reject_uncast(
    rows: Rows, source: pa.RecordBatch, failures: Sequence[tuple[Column, Mask]]
) -> None:
    """Take out the rows in which a column could not be cast.

    Parameters:
        rows: the rows, already cast.
        source: the same rows as the source has them, whose values the errors show.
        failures: the columns that failed, each with the mask of its rows.
    """
    if not failures:
        return
    failed = np.logical_or.reduce([mask for _, mask in failures])
    errors: list[tuple[int, dict[str, Any]]] = []
    for column, mask in failures:
        values = source.column(column.name).filter(pa.array(mask)).to_pylist()
        found = zip(rows.records[mask].tolist(), values, strict=True)
        errors += [(record, cast_error(column, value)) for record, value in found]
    errors.sort(key=itemgetter(0))
    rows.rejects.add(rows.locator, "cast", errors)
    rows.keep(~failed)
