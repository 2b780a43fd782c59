"""The error records of records that cannot be parsed or cast."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

import numpy as np
import pyarrow as pa

from etl_polyglot.engine.convert.text import admitted_types
from etl_polyglot.engine.rows import Errors, Ordinals, Rows
from etl_polyglot.generated.validation import STAGES
from etl_polyglot.schema.columnar.judged import Mask
from etl_polyglot.schema.errors import shown
from etl_polyglot.schema.record import Column

_EXPLAINED_CELLS = 4096
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
    return {
        "path": "" if column is None else "/" + name.replace("~", "~0").replace("/", "~1"),
        "field": name,
        "code": STAGES["cast"]["code"],
        "message": STAGES["cast"]["message"].format(expected=expected),
        "keyword": "cast",
        "expected": expected,
        "value": shown(value),
    }


def _expected(column: Column) -> str:
    if column.kind == "json":
        return " or ".join(sorted(admitted_types(column.node) or {"any"}))
    if column.is_number_as_text:
        return str(column.output_type).replace(", ", ",")
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
    errors = _cast_errors(rows.records, source, failures, np.flatnonzero(failed))
    rows.rejects.add(rows.locator, "cast", rows.records[failed].tolist(), errors)
    rows.keep(~failed)


def _cast_errors(
    records: Ordinals,
    source: pa.RecordBatch,
    failures: Sequence[tuple[Column, Mask]],
    failed: Ordinals,
) -> Errors:
    step = max(_EXPLAINED_CELLS // len(failures), 1)
    for start in range(0, len(failed), step):
        part = failed[start : start + step]
        errors: list[tuple[int, dict[str, Any]]] = []
        for column, mask in failures:
            at = part[mask[part]]
            values = source.column(column.name).take(at).to_pylist()
            found = zip(records[at].tolist(), values, strict=True)
            errors += [(record, cast_error(column, value)) for record, value in found]
        yield from sorted(errors, key=itemgetter(0))
