"""The steps that work on one chunk at a time."""

from typing import Protocol

import numpy as np
import pyarrow as pa

from etl_polyglot.engine.convert.faults import reject_uncast
from etl_polyglot.engine.convert.json_types import show_in_json_types
from etl_polyglot.engine.rows import Errors, Names, Rows
from etl_polyglot.engine.stop import checkpoint
from etl_polyglot.schema.arrow import concat_batches
from etl_polyglot.schema.broken import Broken, any_broken, rule_findings, whole_batch
from etl_polyglot.schema.columnar.judged import Mask
from etl_polyglot.schema.set_aside import laid_out
from etl_polyglot.schema.validator import SET_ASIDE, BatchValidator

_JUDGED_ROWS = 32_768
_CONVERTED_ROWS = 65_536


class Step(Protocol):
    """Something that is done to the rows of a chunk, whatever other chunks hold."""

    name: str

    def output(self, columns: pa.Schema) -> pa.Schema:
        """The columns that come out when the given ones go in."""

    def needs(self, wanted: Names) -> Names:
        """The columns that must go in for the wanted ones to come out."""

    def apply(self, rows: Rows) -> None:
        """Do it, in place."""


class Validate:
    """Rejects the rows that the schema, or a business rule, refuses.

    Parameters:
        validator: judges and explains.
    """

    name = "validate"

    def __init__(self, validator: BatchValidator) -> None:
        self._validator = validator

    def output(self, columns: pa.Schema) -> pa.Schema:
        """The same columns, without the rows that were set aside as JSON."""
        return pa.schema([field for field in columns if field.name != SET_ASIDE])

    def needs(self, wanted: Names) -> Names:
        """All columns."""
        return None

    def apply(self, rows: Rows) -> None:
        """Judge every row; the rejects keep what explains those refused."""
        count = rows.batch.num_rows
        valid = np.ones(count, bool)
        broken: list[tuple[int, Broken]] = []
        for start in range(0, count, _JUDGED_ROWS):
            checkpoint()
            part = rows.batch.slice(start, _JUDGED_ROWS)
            verdict = self._validator.validate(part, 0, max_errors=0)
            if verdict.valid is not None:
                valid[start : start + _JUDGED_ROWS] = verdict.valid
            broken += [(start, one) for one in verdict.broken]
        if not valid.all():
            self._reject(rows, ~valid, whole_batch(broken, count))
            rows.keep(valid)
        if SET_ASIDE in rows.batch.schema.names:
            rows.batch = laid_out(self._validator.schema, rows.batch)

    def _reject(self, rows: Rows, refused: Mask, broken: list[Broken]) -> None:
        batch, records = rows.batch, rows.records
        if broken:
            # By the verdicts that the rules have given; asked again they might give others.
            by_rules = any_broken(broken)
            told = rule_findings(self._validator.schema, batch, broken)
            errors: Errors = ([one.at(records) for one in part] for part in told)
            refused_by_rules = records[by_rules].tolist()
            rows.rejects.by_rules.update(refused_by_rules)
            rows.rejects.add(rows.locator, "validate", refused_by_rules, errors)
            refused = refused & ~by_rules
        if refused.any():
            parts = self._validator.explain(batch, np.flatnonzero(refused))
            errors = ([one.at(records) for one in part] for part in parts)
            rows.rejects.add(rows.locator, "validate", records[refused].tolist(), errors)


class Convert:
    """Converts text columns to the types of columnar outputs."""

    name = "convert"

    def __init__(self, validator: BatchValidator) -> None:
        self._validator = validator

    def output(self, columns: pa.Schema) -> pa.Schema:
        """The output columns of the schema."""
        return self._validator.schema.output_schema

    def needs(self, wanted: Names) -> Names:
        """All columns: each may hold what cannot be converted."""
        return None

    def apply(self, rows: Rows) -> None:
        """Convert; a text that becomes no date or time of the output is a failed cast."""
        before, count = rows.batch, rows.batch.num_rows
        parts: list[pa.RecordBatch] = []
        failed: dict[str, Mask] = {}
        for start in range(0, max(count, 1), _CONVERTED_ROWS):
            checkpoint()
            part, lost = self._validator.to_output(before.slice(start, _CONVERTED_ROWS))
            parts.append(part)
            for name, mask in lost.items():
                failed.setdefault(name, np.zeros(count, bool))[start : start + len(mask)] = mask
        rows.batch = concat_batches(parts)
        if failed:
            columns = [c for c in self._validator.schema.columns if c.name in failed]
            failures = [(column, failed[column.name]) for column in columns]
            reject_uncast(rows, show_in_json_types(before, failed), failures)
