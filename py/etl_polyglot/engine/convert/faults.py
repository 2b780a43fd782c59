"""The errors of records that cannot be parsed or cast."""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from etl_polyglot.engine.convert.text import admitted_types
from etl_polyglot.engine.rows import Errors, Ordinals, Rows
from etl_polyglot.generated.validation import STAGES
from etl_polyglot.schema.columnar.judged import Mask
from etl_polyglot.schema.errors import ErrorRecord, order_of
from etl_polyglot.schema.findings import Findings
from etl_polyglot.schema.problem import pointer_token
from etl_polyglot.schema.record import Column
from etl_polyglot.schema.uncast import Uncast
from etl_polyglot.schema.validator import BatchValidator

_PART_ROWS = 4096
_JSON_TYPES = {"list": "array", "struct": "object"}


def parse_errors(broken: Mapping[int, str]) -> Errors:
    """The errors of records that are none; `broken` says what should have stood in each."""
    records = sorted(broken)
    for start in range(0, len(records), _PART_ROWS):
        alike: dict[str, list[int]] = {}
        for record in records[start : start + _PART_ROWS]:
            alike.setdefault(broken[record], []).append(record)
        yield [
            Findings(_error("parse", "", "", expected), np.array(of_them, np.int64), None)
            for expected, of_them in alike.items()
        ]


def cast_error(column: Column | None) -> ErrorRecord:
    """The error, less its `value`, of values that cannot become those of a column.

    `column` is None where the whole record is no object.
    """
    if column is None:
        return _error("cast", "", "", "object")
    return _error("cast", f"/{pointer_token(column.name)}", column.name, _expected(column))


def _error(stage: str, path: str, field: str, expected: str) -> ErrorRecord:
    return {
        "index": 0,
        "path": path,
        "field": field,
        "code": STAGES[stage]["code"],
        "message": STAGES[stage]["message"].format(expected=expected),
        "keyword": stage,
        "expected": expected,
    }


def _expected(column: Column) -> str:
    if column.kind == "json":
        return " or ".join(sorted(admitted_types(column.node) or {"any"}))
    if column.is_number_as_text:
        return str(column.output_type).replace(", ", ",")
    return _JSON_TYPES.get(column.kind, column.kind)


def reject_uncast(
    rows: Rows,
    source: pa.RecordBatch,
    failures: Sequence[tuple[Column, Mask]],
    judge: BatchValidator | None = None,
) -> None:
    """Take out the rows in which a column could not be cast.

    Parameters:
        rows: the rows, already cast.
        source: the same rows as the source has them, whose values the errors show.
        failures: the columns that failed, each with the mask of its rows.
        judge: says what else is wrong with such a row; None: nothing is said of it.
    """
    if not failures:
        return
    uncast = [
        Uncast(column.name, cast_error(column), mask, source.column(column.name))
        for column, mask in failures
    ]
    uncast.sort(key=lambda one: order_of(one.error))
    failed = np.logical_or.reduce([mask for _, mask in failures])
    positions, records = np.flatnonzero(failed), rows.records
    parts = (
        _casts(uncast, positions) if judge is None else judge.explain(rows.batch, positions, uncast)
    )
    errors = ([one.at(records) for one in part] for part in parts)
    rows.rejects.add(rows.locator, "cast", records[failed].tolist(), errors)
    rows.keep(~failed)


def _casts(uncast: Sequence[Uncast], failed: Ordinals) -> Errors:
    for start in range(0, len(failed), _PART_ROWS):
        part = failed[start : start + _PART_ROWS]
        yield [one.take(part).findings().at(part) for one in uncast]
