"""The rows of a batch that break business rules, and the error records that say so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

import numpy as np
import pyarrow as pa

from etl_polyglot.generated.validation import RULES
from etl_polyglot.schema.columnar.judged import Mask, Suspects, filled
from etl_polyglot.schema.columnar.kernels import mask_of
from etl_polyglot.schema.errors import ErrorRecord, order_of, shown
from etl_polyglot.schema.findings import Findings, Ordinals, Part, first_rows
from etl_polyglot.schema.json_texts import shown_values
from etl_polyglot.schema.problem import pointer_token
from etl_polyglot.schema.record import RecordSchema
from etl_polyglot.schema.rule import AcceptedRows, Rule
from etl_polyglot.schema.set_aside import aside_of, records_of

_EXPLAINED_ROWS = 2048


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule, and the rows of a batch that break it."""

    rule: Rule
    rows: Mask


def whole_batch(parts: Iterable[tuple[int, Broken]], count: int) -> list[Broken]:
    """Join what rules refuse of the parts of a batch, each with the row at which it begins."""
    whole: dict[str, Broken] = {}
    for start, part in parts:
        name = part.rule.name
        if name not in whole:
            whole[name] = Broken(part.rule, np.zeros(count, dtype=np.bool_))
        whole[name].rows[start : start + len(part.rows)] = part.rows
    return list(whole.values())


def broken_rules(
    rules: Iterable[Rule], schema: RecordSchema, batch: pa.RecordBatch, valid: Suspects
) -> tuple[Broken, ...]:
    """Ask rules about the rows of a batch that the schema accepts; `valid` None means all.

    Raises RuleFailedError.
    """
    accepted = batch if valid is None else batch.filter(pa.array(valid))
    if accepted.num_rows == 0:
        return ()
    rows = AcceptedRows(schema, accepted)
    broken = []
    for rule in rules:
        refused = ~rule.judge(rows)
        if refused.any():
            broken.append(Broken(rule, _spread(refused, valid)))
    return tuple(broken)


def _spread(refused: Mask, valid: Suspects) -> Mask:
    """Flags of the accepted rows as flags of all rows."""
    if valid is None:
        return refused
    spread = np.zeros(len(valid), dtype=np.bool_)
    spread[valid] = refused
    return spread


def any_broken(broken: Sequence[Broken]) -> Mask:
    """Return the rows that break any of at least one rule."""
    rows: Mask = np.logical_or.reduce([one.rows for one in broken])
    return rows


def rule_findings(
    schema: RecordSchema, batch: pa.RecordBatch, broken: Sequence[Broken]
) -> Iterator[Part]:
    """Say which rules the rows of a batch break, in parts by row."""
    told = [(_error(one.rule), one) for one in broken]
    told.sort(key=lambda one: order_of(one[0]))
    refused = np.flatnonzero(any_broken(broken))
    for start in range(0, len(refused), _EXPLAINED_ROWS):
        part = refused[start : start + _EXPLAINED_ROWS]
        rows = batch.take(part)
        yield [
            found.at(part)
            for error, one in told
            for found in _findings(schema, rows, error, np.flatnonzero(one.rows[part]))
        ]


def _error(rule: Rule) -> ErrorRecord:
    entry = RULES["rule"]
    return {
        "index": 0,
        "path": "" if rule.field is None else f"/{pointer_token(rule.field)}",
        "field": rule.field or "",
        "code": entry["code"],
        "message": rule.message or entry["message"].replace("{expected}", rule.name),
        "keyword": "rule",
        "expected": rule.name,
    }


def _findings(
    schema: RecordSchema, batch: pa.RecordBatch, error: ErrorRecord, rows: Ordinals
) -> Iterator[Findings]:
    """Say of some rows that they break one rule, with the values of its member."""
    name = error["field"]
    if not error["path"]:
        yield Findings(error, rows, None)
        return
    aside = filled(aside_of(batch), batch.num_rows)[rows]
    in_columns, beside = rows[~aside], rows[aside]
    column = next((one for one in schema.columns if one.name == name), None)
    there = np.zeros(len(in_columns), np.bool_)
    if name in batch.schema.names:
        values = batch.column(name).take(in_columns)
        keeps_null = column is not None and column.required and column.nullable
        there = mask_of(values.is_valid()) | keeps_null
        yield Findings(error, in_columns[there], shown_values(column, values.filter(there)))
    yield Findings(error, in_columns[~there], None)
    for row, record in zip(beside.tolist(), records_of(schema, batch.take(beside)), strict=True):
        told = [shown(record[name])] if name in record else None
        yield Findings(error, np.array([row], np.int64), told)


def first_errors(
    found: Sequence[ErrorRecord], broken: Iterable[ErrorRecord], most: int | None
) -> list[ErrorRecord]:
    """Merge errors of rows that the schema refuses with those of rows that rules refuse.

    Both are sorted by index, and no row is in both. Past `most` records no further row is told.
    """
    if most == 0:
        return []
    taken: list[ErrorRecord] = []
    for one in broken:
        if most is not None and len(taken) >= most and one["index"] != taken[-1]["index"]:
            break
        taken.append(one)
    return first_rows(sorted([*found, *taken], key=itemgetter("index")), most)
