"""The rows of one chunk on their way through the steps."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa

Ordinals = npt.NDArray[np.int64]


class Locator(Protocol):
    """Describes the records of one chunk."""

    def describe(self, records: Sequence[int]) -> list[dict[str, Any]]:
        """Return for each record its position, and its raw text where it has one."""


class RejectLine(NamedTuple):
    """One error of one rejected record.

    Attributes:
        record: the record's place in its chunk; its index in the source is known later.
        text: the error as a JSON object whose members after `index` are all there.
    """

    record: int
    text: bytes


class StepCount(NamedTuple):
    """What one step did to the rows of one chunk."""

    step: str
    rows_in: int
    rows_out: int
    seconds: float


@dataclass(slots=True)
class Rejects:
    """The rejected records of one chunk.

    Parameters:
        source: the source's name, as every line gives it.
    """

    source: str
    lines: list[RejectLine] = field(default_factory=list)
    records: set[int] = field(default_factory=set)

    def add(
        self, locator: Locator, stage: str, errors: Iterable[tuple[int, Mapping[str, Any]]]
    ) -> None:
        """Keep errors of records.

        Parameters:
            locator: describes the chunk's records.
            stage: `parse`, `cast` or `validate`.
            errors: pairs of a record's place in the chunk and its error record, whose
                `index` is left out here.
        """
        listed = list(errors)
        if not listed:
            return
        records = list(dict.fromkeys(record for record, _ in listed))
        places = {
            record: orjson.dumps({"source": self.source, **place, "stage": stage})[1:]
            for record, place in zip(records, locator.describe(records), strict=True)
        }
        self.records.update(records)
        for record, error in listed:
            members = {key: value for key, value in error.items() if key != "index"}
            text = orjson.dumps(members)[1:-1] + b"," + places[record]
            self.lines.append(RejectLine(record, text))

    def in_order(self) -> list[RejectLine]:
        """The lines by record; those of one record stay in their order."""
        return sorted(self.lines, key=lambda line: line.record)


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
