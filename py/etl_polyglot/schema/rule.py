"""Business rules as validation sees them: asked about the rows that a schema accepts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from etl_polyglot.generated.errors import ERRORS
from etl_polyglot.schema.arrow import concat_batches
from etl_polyglot.schema.columnar.judged import Mask
from etl_polyglot.schema.output import output_batch
from etl_polyglot.schema.record import RecordSchema
from etl_polyglot.schema.rows import Row, columns_of
from etl_polyglot.schema.set_aside import aside_of, records_of, typed_columns


class RuleFailedError(Exception):
    """A rule gave no verdict: it raised, or returned what is none.

    `details` has the `rule`, its `schema`, `file` and `line`, and the `reason`.
    """

    def __init__(self, details: Mapping[str, Any]) -> None:
        super().__init__(ERRORS["RULE_FAILED"]["detail"].format_map(details))
        self.details = dict(details)


class Rule(Protocol):
    """One business rule of one record schema.

    `field` is the member that its errors point at, None for the whole record; `message` is what
    they say, None for the catalogue's own words.
    """

    @property
    def name(self) -> str: ...

    @property
    def field(self) -> str | None: ...

    @property
    def message(self) -> str | None: ...

    def judge(self, rows: AcceptedRows) -> Mask:
        """Return a flag per row: whether it keeps the rule. Raises RuleFailedError."""


class AcceptedRows:
    """The rows of a batch that the schema accepts."""

    def __init__(self, schema: RecordSchema, batch: pa.RecordBatch) -> None:
        self._schema = schema
        self._batch = batch

    def __len__(self) -> int:
        return self._batch.num_rows

    @cached_property
    def columns(self) -> pa.RecordBatch:
        """The rows in the columns of `output_schema`."""
        typed, _ = output_batch(self._schema, typed_columns(self._batch))
        aside = aside_of(self._batch)
        if aside is None or not aside.any():
            return typed
        rows = records_of(self._schema, self._batch.filter(pa.array(aside)))
        laid_out, _ = output_batch(self._schema, columns_of(self._schema, rows))
        places = np.arange(len(self))
        places[aside] = len(self) + np.arange(len(rows))
        return concat_batches([typed, laid_out]).take(places)

    def records(self) -> list[Row]:
        """The rows as JSON values, made anew at each call."""
        return records_of(self._schema, self._batch)
