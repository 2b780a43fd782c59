"""The plan of a job: its steps in order, cut where one needs the whole data."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import dropwhile

import pyarrow as pa

from etl_polyglot.engine.rows import Names, Rows, StepCount
from etl_polyglot.engine.spec import JobSpec
from etl_polyglot.engine.steps import Convert, Step, Validate
from etl_polyglot.engine.transformations import (
    Deduplication,
    Normalization,
    Transformation,
    Validation,
)
from etl_polyglot.engine.transforms.aggregate import Aggregate
from etl_polyglot.engine.transforms.columns import refused
from etl_polyglot.engine.transforms.deduplicate import Deduplicate
from etl_polyglot.engine.transforms.normalize import Normalize
from etl_polyglot.engine.transforms.whole_step import WholeStep
from etl_polyglot.schema.record import Column, RecordSchema
from etl_polyglot.schema.rule import Rule
from etl_polyglot.schema.validator import BatchValidator


@dataclass(frozen=True, slots=True)
class Stage:
    """Steps that follow each other without needing the whole data between them.

    Attributes:
        steps: each with the columns that it and those after it have a use for; None: all.
        then: the step that needs what comes out of all chunks; None: the sink does.
        wanted: the columns that are handed on.
        of_records: whether the rows that go in are still the source's records.
    """

    steps: Sequence[tuple[Step, Names]]
    then: WholeStep | None
    wanted: Names
    of_records: bool

    @property
    def counts_written(self) -> bool:
        """Whether what comes out is what becomes of the source's records."""
        return self.of_records and (self.then is None or self.then.reshapes)

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
            for step, wanted in self.steps:
                piece.batch = _narrowed(piece.batch, wanted)
                began, rows_in = time.perf_counter(), piece.batch.num_rows
                step.apply(piece)
                seconds = time.perf_counter() - began
                piece.steps.append(StepCount(step.name, rows_in, piece.batch.num_rows, seconds))
            piece.batch = _narrowed(piece.batch, self.wanted)
            yield piece


@dataclass(frozen=True, slots=True)
class Plan:
    """What a job does.

    Attributes:
        stages: one after the other; each but the last ends with a step that needs the whole data.
        columns: what comes out.
        described: the columns of the record schema whose values stand in them, by name.
    """

    stages: Sequence[Stage]
    columns: pa.Schema
    described: Mapping[str, Column]


def plan_job(
    spec: JobSpec, schema: RecordSchema | None, columns: pa.Schema, rules: Sequence[Rule] = ()
) -> Plan:
    """Lay out the steps of a job.

    Validation stands first unless the request moves it. Rows take the types of the output
    right after they were validated; unvalidated ones before the first step that needs the whole
    data, or at the end. A column goes no further than the last step that has a use for it.

    Parameters:
        spec: the job.
        schema: its record schema, if it has one.
        columns: those of the source.
        rules: the schema's business rules.

    Raises:
        JobError: `INVALID_REQUEST`: a step cannot be done to the columns that reach it.
    """
    validator = None if schema is None else BatchValidator(schema, rules)
    validated = spec.validation_mode != "skip" and validator is not None
    order = _Order(schema, validator, validated)
    order.add(spec.transformations)
    steps = order.steps
    if spec.source_type == "saved":  # whose rows have been through the first
        steps = list(dropwhile(lambda step: not isinstance(step, WholeStep), steps))
    for step in steps:
        columns = step.output(columns)
    return Plan(_cut(steps), columns, order.described)


def first_steps(
    schema: RecordSchema, transformations: Sequence[Transformation], rules: Sequence[Rule] = ()
) -> list[Step]:
    """The steps of a validated job that come before the first that needs the whole data.

    Parameters:
        schema: the record schema.
        transformations: all of the job's.
        rules: the schema's business rules.

    Raises:
        JobError: `INVALID_REQUEST`: the steps do not go together.
    """
    order = _Order(schema, BatchValidator(schema, rules), validated=True)
    order.add(transformations)
    return [step for step, _ in _cut(order.steps)[0].steps]


class _Order:
    """Puts the steps of a job into their order.

    Attributes:
        steps: those so far.
        described: the columns of the schema whose values stand in the rows after them.
    """

    def __init__(
        self, schema: RecordSchema | None, validator: BatchValidator | None, validated: bool
    ) -> None:
        self.steps: list[Step | WholeStep] = []
        self.described = {} if schema is None else {one.name: one for one in schema.columns}
        self._schema = schema
        self._validator = validator
        self._validated = validated
        self._converted = validator is None

    def add(self, transformations: Sequence[Transformation]) -> None:
        """Add what a request asks for, validation first where it does not say, and the rest."""
        if Validation() not in transformations:
            self._validate()
        for one in transformations:
            if isinstance(one, Validation):
                self._validate()
            elif isinstance(one, Normalization):
                self.steps.append(Normalize(self._schema, self.described))
            elif isinstance(one, Deduplication):
                self._compare(Deduplicate.of(one, self._schema, self.described))
            else:
                self._compare(Aggregate(one, self.described))
                self.described = one.described_after(self.described)
        self._convert()

    def _validate(self) -> None:
        if any(isinstance(step, WholeStep) and step.reshapes for step in self.steps):
            raise refused("validate", "what comes after aggregate are no records of the schema")
        if self._validator is not None and self._validated:
            self.steps.append(Validate(self._validator))
            self._convert()

    def _compare(self, step: WholeStep) -> None:
        if not self._validated:
            self._convert()
        self.steps.append(step)

    def _convert(self) -> None:
        if self._validator is not None and not self._converted:
            self.steps.append(Convert(self._validator))
            self._converted = True


def _cut(planned: Sequence[Step | WholeStep]) -> list[Stage]:
    wanted: list[Names] = [None]
    for step in reversed(planned):
        wanted.insert(0, step.needs(wanted[0]))
    stages: list[Stage] = []
    steps: list[tuple[Step, Names]] = []
    of_records = True
    for place, step in enumerate(planned):
        if isinstance(step, WholeStep):
            stages.append(Stage(steps, step, wanted[place], of_records))
            steps, of_records = [], of_records and not step.reshapes
        else:
            steps.append((step, wanted[place]))
    return [*stages, Stage(steps, None, None, of_records)]


def _narrowed(batch: pa.RecordBatch, wanted: Names) -> pa.RecordBatch:
    if wanted is None or len(wanted) >= batch.num_columns:
        return batch
    return batch.select([name for name in batch.schema.names if name in wanted])
