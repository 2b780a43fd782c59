"""The rows of a batch that break business rules, and the error records that say so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

import numpy as np
import pyarrow as pa

from etl_polyglot.generated.validation import RULES
from etl_polyglot.schema.columnar.judged import Mask, Suspects
from etl_polyglot.schema.errors import MISSING, ErrorRecord, in_order, shown
from etl_polyglot.schema.findings import first_rows
from etl_polyglot.schema.problem import pointer_token
from etl_polyglot.schema.record import RecordSchema
from etl_polyglot.schema.rows import Row
from etl_polyglot.schema.rule import AcceptedRows, Rule
from etl_polyglot.schema.set_aside import records_of

_EXPLAINED_ROWS = 512


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


def rule_errors(
    schema: RecordSchema, batch: pa.RecordBatch, broken: Sequence[Broken], first_index: int = 0
) -> Iterator[ErrorRecord]:
    """Say row by row which rules the rows of a batch break."""
    refused = np.flatnonzero(any_broken(broken))
    for start in range(0, len(refused), _EXPLAINED_ROWS):
        part = refused[start : start + _EXPLAINED_ROWS]
        rows = records_of(schema, batch.take(part))
        for position, row in zip(part.tolist(), rows, strict=True):
            rules = (one.rule for one in broken if one.rows[position])
            yield from in_order(_error(rule, row, first_index + position) for rule in rules)


def _error(rule: Rule, row: Row, index: int) -> ErrorRecord:
    entry = RULES["rule"]
    record: ErrorRecord = {
        "index": index,
        "path": "" if rule.field is None else f"/{pointer_token(rule.field)}",
        "field": rule.field or "",
        "code": entry["code"],
        "message": rule.message or entry["message"].replace("{expected}", rule.name),
        "keyword": "rule",
        "expected": rule.name,
    }
    value = MISSING if rule.field is None else row.get(rule.field, MISSING)
    if value is not MISSING:
        record["value"] = shown(value)
    return record


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
