"""The rows of one chunk on their way through the steps."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from etl_polyglot.schema.arrow import Array
from etl_polyglot.schema.findings import Part

Ordinals = npt.NDArray[np.int64]

Names = frozenset[str] | None
"""Columns by name; None: all that there are."""


class Locator(Protocol):
    """Describes the records of one chunk."""

    def describe(self, records: Ordinals) -> Array:
        """Return for each record its position, and its raw text where it has one.

        `records` are ascending places in the chunk; each description is the text of the members
        of a JSON object, as reject lines have them.
        """


class StepCount(NamedTuple):
    """What one step did to the rows of one chunk."""

    step: str
    rows_in: int
    rows_out: int
    seconds: float


Errors = Iterator[Part]
"""The errors of several records, in the records' order; their rows are places in the chunk."""


class Refusal(NamedTuple):
    """Records that fell out at one stage, and what will say why.

    Attributes:
        stage: `parse`, `cast` or `validate`.
        locator: describes the records.
        errors: explains the records bit by bit, as it is asked to.
    """

    stage: str
    locator: Locator
    errors: Errors


@dataclass(slots=True)
class Rejects:
    """The rejected records of one chunk, most of them not yet explained.

    To explain a record takes a hundred times as long as to accept one, and more memory than it
    has itself; whoever takes the errors from here does it bit by bit, and may stop.

    Parameters:
        source: the source's name, as every line gives it.

    Attributes:
        records: their places in the chunk.
        by_rules: those of them that fit the schema, and that only business rules refuse.
    """

    source: str
    records: set[int] = field(default_factory=set)
    by_rules: set[int] = field(default_factory=set)
    refusals: list[Refusal] = field(default_factory=list)

    def add(self, locator: Locator, stage: str, records: Iterable[int], errors: Errors) -> None:
        """Count records out, and keep what will explain them.

        Parameters:
            locator: describes the chunk's records.
            stage: `parse`, `cast` or `validate`.
            records: their places in the chunk.
            errors: the errors of all of them; at least one each.
        """
        self.records.update(records)
        self.refusals.append(Refusal(stage, locator, errors))

    def take(self) -> list[Refusal]:
        """The refusals since this was last called."""
        refusals, self.refusals = self.refusals, []
        return refusals


@dataclass(slots=True)
class Rows:
    """The rows of one chunk, and what became of its other records.

    Attributes:
        batch: the rows; columns whose names begin with `$` are not the source's.
        records: for each row, its record's place in the chunk.
        locator: describes the chunk's records.
        rejects: the records that fell out.
        read: how many records the chunk has.
        steps: what the steps have done so far.
    """

    batch: pa.RecordBatch
    records: Ordinals
    locator: Locator
    rejects: Rejects
    read: int
    steps: list[StepCount] = field(default_factory=list)

    def keep(self, mask: npt.NDArray[np.bool_]) -> None:
        """Drop the rows that the mask does not name."""
        self.batch = self.batch.filter(pa.array(mask))
        self.records = self.records[mask]
