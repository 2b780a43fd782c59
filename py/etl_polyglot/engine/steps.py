"""The steps that work on one chunk at a time, and the plan of a job's steps."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from etl_polyglot.engine.convert.faults import reject_uncast
from etl_polyglot.engine.convert.json_types import show_in_json_types
from etl_polyglot.engine.rows import Errors, Ordinals, Rows, StepCount
from etl_polyglot.engine.spec import JobSpec
from etl_polyglot.engine.stop import checkpoint
from etl_polyglot.engine.transforms.normalize import Normalize
from etl_polyglot.schema.broken import Broken, any_broken, rule_errors, whole_batch
from etl_polyglot.schema.columnar.judged import Mask
from etl_polyglot.schema.record import RecordSchema
from etl_polyglot.schema.rule import Rule
from etl_polyglot.schema.set_aside import laid_out
from etl_polyglot.schema.validator import SET_ASIDE, BatchValidator

_JUDGED_ROWS = 16_384
_EXPLAINED_ROWS = 512
_CONVERTED_ROWS = 65_536


class Step(Protocol):
    """Something that is done to the rows of a chunk, whatever other chunks hold."""

    name: str

    def output(self, columns: pa.Schema) -> pa.Schema:
        """The columns that come out when the given ones go in."""

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
            told = rule_errors(self._validator.schema, batch, broken)
            errors: Errors = ((int(records[error["index"]]), error) for error in told)
            refused_by_rules = records[by_rules].tolist()
            rows.rejects.by_rules.update(refused_by_rules)
            rows.rejects.add(rows.locator, "validate", refused_by_rules, errors)
            refused = refused & ~by_rules
        if refused.any():
            errors = self._errors(batch, records, np.flatnonzero(refused))
            rows.rejects.add(rows.locator, "validate", records[refused].tolist(), errors)

    def _errors(self, batch: pa.RecordBatch, records: Ordinals, refused: Ordinals) -> Errors:
        for start in range(0, len(refused), _EXPLAINED_ROWS):
            part = refused[start : start + _EXPLAINED_ROWS]
            for error in self._validator.validate(batch.take(part), 0).errors:
                yield int(records[part[error["index"]]]), error


class Convert:
    """Converts text columns to the types of columnar outputs."""

    name = "convert"

    def __init__(self, validator: BatchValidator) -> None:
        self._validator = validator

    def output(self, columns: pa.Schema) -> pa.Schema:
        """The output columns of the schema."""
        return self._validator.schema.output_schema

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
        concat: Any = pa.concat_batches  # type: ignore[attr-defined]  # missing in the stubs
        rows.batch = parts[0] if len(parts) == 1 else concat(parts)
        if failed:
            columns = [c for c in self._validator.schema.columns if c.name in failed]
            failures = [(column, failed[column.name]) for column in columns]
            reject_uncast(rows, show_in_json_types(before, failed), failures)


@dataclass(frozen=True)
class Segment:
    """Steps that follow each other without needing the whole data between them."""

    steps: list[Step] = field(default_factory=list)

    def output(self, columns: pa.Schema) -> pa.Schema:
        """The columns that come out of the last step."""
        for step in self.steps:
            columns = step.output(columns)
        return columns

    def apply(self, rows: Rows, batch_size: int) -> Iterator[Rows]:
        """Run the steps over rows, `batch_size` of them at a time.

        Returns:
            The pieces in order, each with its own step counts, sharing the rejects.
        """
        for start in range(0, max(rows.batch.num_rows, 1), batch_size):
            piece = Rows(
                rows.batch.slice(start, batch_size),
                rows.records[start : start + batch_size],
                rows.locator,
                rows.rejects,
                read=0,
            )
            for step in self.steps:
                began, rows_in = time.perf_counter(), piece.batch.num_rows
                step.apply(piece)
                seconds = time.perf_counter() - began
                piece.steps.append(StepCount(step.name, rows_in, piece.batch.num_rows, seconds))
            yield piece


def plan_segments(
    spec: JobSpec, schema: RecordSchema | None, rules: Sequence[Rule] = ()
) -> Sequence[Segment]:
    """Lay out the steps of a job; between two segments the rows are deduplicated.

    Validation stands first unless the request moves it. Rows take the types of the output
    right after they were validated; unvalidated ones before the first step that compares whole
    values, or at the end.

    Parameters:
        spec: the job.
        schema: its record schema, if it has one.
        rules: the schema's business rules.
    """
    validator = None if schema is None else BatchValidator(schema, rules)
    validated = spec.validation_mode != "skip" and validator is not None
    segments = _planned(spec.transformations, schema, validator, validated)
    if spec.source_type == "saved":  # whose rows have been through them
        segments[0] = Segment()
    return segments


def first_segment(
    schema: RecordSchema, transformations: Sequence[str], rules: Sequence[Rule] = ()
) -> Segment:
    """The steps of a validated job that come before the first that needs the whole data.

    Parameters:
        schema: the record schema.
        transformations: all of the job's.
        rules: the schema's business rules.
    """
    return _planned(transformations, schema, BatchValidator(schema, rules), validated=True)[0]


def _planned(
    transformations: Sequence[str],
    schema: RecordSchema | None,
    validator: BatchValidator | None,
    validated: bool,
) -> list[Segment]:
    names = [name for name in transformations if validated or name != "validate"]
    if validated and "validate" not in names:
        names.insert(0, "validate")
    segments = [Segment()]
    converted = validator is None
    for name in [*names, "end"]:
        steps = segments[-1].steps
        if name == "validate" and validator is not None:
            steps.append(Validate(validator))
        elif name == "normalize":
            steps.append(Normalize(schema))
        if (
            validator is not None
            and not converted
            and (name in ("validate", "end") or (name == "deduplicate" and not validated))
        ):
            steps.append(Convert(validator))
            converted = True
        if name == "deduplicate":
            segments.append(Segment())
    return segments
