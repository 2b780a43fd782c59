"""Single batches, on the way that the chunks of a job go."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from heapq import merge
from itertools import chain, islice
from operator import itemgetter
from typing import Any

import numpy as np
import pyarrow as pa

from etl_polyglot.engine.convert.typed import TypedColumns
from etl_polyglot.engine.plan import first_steps
from etl_polyglot.engine.rows import Ordinals, Rejects, Rows
from etl_polyglot.engine.steps import Validate
from etl_polyglot.engine.transformations import Transformation
from etl_polyglot.schema.arrow import Array
from etl_polyglot.schema.errors import ErrorRecord
from etl_polyglot.schema.findings import records_by_row
from etl_polyglot.schema.record import RecordSchema
from etl_polyglot.schema.rule import Rule
from etl_polyglot.schema.set_aside import SET_ASIDE, laid_out
from etl_polyglot.schema.validator import BatchValidator

_SOURCE = "the batch"


@dataclass(frozen=True, slots=True)
class _NoLocator:
    """Describes records that come from no file."""

    def describe(self, records: Ordinals) -> Array:
        return pa.array([""] * len(records), pa.string())


@dataclass(slots=True)
class Taken:
    """What became of the rows of several batches; all indices are of rows as they came.

    Attributes:
        rows: how many there were.
        batches: those that stay.
        invalid: the rows that were rejected.
        fitting: those of them that fit the schema, and that a business rule refuses or no
            columnar output can hold.
        errors: why, by row.
        truncated: whether there are more errors than were asked for.
    """

    rows: int = 0
    batches: list[pa.RecordBatch] = field(default_factory=list)
    invalid: list[int] = field(default_factory=list)
    fitting: list[int] = field(default_factory=list)
    errors: list[ErrorRecord] = field(default_factory=list)
    truncated: bool = False

    def add(self, batch: pa.RecordBatch, rows: Rows, fitting: set[int], max_errors: int) -> None:
        """Add a batch of the rows that stay, and the rejects of what it was."""
        rejects = rows.rejects
        self.invalid += sorted(self.rows + record for record in rejects.records)
        self.fitting += sorted(self.rows + record for record in fitting)
        if not self.truncated:
            # One error more than is asked for tells whether the list is complete.
            wanted = max_errors + 1 - len(self.errors)
            told = (chain.from_iterable(map(records_by_row, one.errors)) for one in rejects.take())
            errors = islice(merge(*told, key=itemgetter("index")), wanted)
            found: list[ErrorRecord] = [
                {**error, "index": self.rows + error["index"]} for error in errors
            ]
            self.truncated = len(found) == wanted
            self.errors += found[: wanted - 1]
        self.rows += rows.read
        self.batches.append(batch)


class BatchSteps:
    """The first steps of a job: cast, validate, and what needs no more than one batch.

    Taken one after the other, with what stays then read as a source of type `saved`, they make
    of rows what the job would make of them.

    Parameters:
        schema: the record schema.
        transformations: all of the job's; those from the first on that needs the whole data
            are left out.
        rules: the schema's business rules.
    """

    def __init__(
        self,
        schema: RecordSchema,
        transformations: Sequence[Transformation],
        rules: Sequence[Rule] = (),
    ) -> None:
        self._schema = schema
        self._judge = BatchValidator(schema)
        steps = first_steps(schema, transformations, rules)
        self._validate = [step for step in steps if isinstance(step, Validate)]
        self._after = [step for step in steps if not isinstance(step, Validate)]

    def validate(self, batches: Iterable[pa.RecordBatch], max_errors: int) -> Taken:
        """Find the rows that the schema and the business rules accept, as they came.

        Raises:
            JobError: `COLUMNS_MISMATCH`.
        """
        taken = Taken()
        for batch in batches:
            rows = self._cast(batch, self._judge)
            self._apply(self._validate, rows)
            kept = batch if len(rows.records) == batch.num_rows else batch.take(rows.records)
            taken.add(kept, rows, rows.rejects.by_rules, max_errors)
        return taken

    def transform(
        self, batches: Iterable[pa.RecordBatch], max_errors: int, validate: bool
    ) -> Taken:
        """Take rows through the steps, after which they have the types of columnar outputs.

        Parameters:
            batches: rows that Node encoded, or tables with columns of their own types.
            max_errors: how many errors are wanted.
            validate: false when the rows are known to be valid.

        Raises:
            JobError: `COLUMNS_MISMATCH`.
        """
        taken = Taken()
        for batch in batches:
            rows = self._cast(batch, self._judge if validate else None)
            if validate:
                self._apply(self._validate, rows)
            if SET_ASIDE in rows.batch.schema.names:
                rows.batch = laid_out(self._schema, rows.batch)
            judged = set(rows.rejects.records)
            self._apply(self._after, rows)
            fitting = rows.rejects.by_rules | (rows.rejects.records - judged)
            taken.add(rows.batch, rows, fitting, max_errors)
        return taken

    @property
    def columns(self) -> pa.Schema:
        """The columns that transformed rows have."""
        columns = self._schema.text_schema
        for step in self._after:
            columns = step.output(columns)
        return columns

    def _cast(self, batch: pa.RecordBatch, judge: BatchValidator | None) -> Rows:
        records = np.arange(batch.num_rows, dtype=np.int64)
        rows = Rows(batch, records, _NoLocator(), Rejects(_SOURCE), batch.num_rows)
        if SET_ASIDE not in batch.schema.names:  # else Node has laid them out as the schema has it
            TypedColumns(batch.schema, self._schema, _SOURCE, judge).cast(rows)
        return rows

    def _apply(self, steps: Sequence[Any], rows: Rows) -> None:
        for step in steps:
            step.apply(rows)
