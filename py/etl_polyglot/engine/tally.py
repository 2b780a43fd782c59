"""How many errors there are of each kind, with the first few of each."""

import math
from bisect import insort
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from etl_polyglot.schema.findings import Findings

OTHER = "_OTHER"
"""Stands for all that is not told apart."""

_SAMPLES = 3
_TOLD_KINDS = 100
_SAMPLE_MEMBERS = ("path", "message", "value")

Kind = tuple[str, str, str]
"""Stage, code, and field: a column of the source, the empty text for whole records, or `_OTHER`."""

Sample = tuple[int, Mapping[str, Any]]
"""A record's place, and an error record of it, whose `index` is not looked at."""


@dataclass(slots=True)
class Tallied:
    """The errors of one kind.

    Attributes:
        count: how many there are.
        samples: the first of them, by record and path.
        shown_to: a record past this one is no sample.
    """

    count: int = 0
    samples: list[Sample] = field(default_factory=list)
    shown_to: float = math.inf

    def show(self, record: int, error: Mapping[str, Any]) -> None:
        """Take an error for a sample, if it is one of the first."""
        insort(self.samples, (record, error), key=_place)
        del self.samples[_SAMPLES:]
        if len(self.samples) == _SAMPLES:
            self.shown_to = self.samples[-1][0]


class Tally:
    """Counts errors by kind in memory that the data does not make grow.

    Parameters:
        fields: the source's columns; errors at other members, of whose names there is no end,
            are counted together.
    """

    def __init__(self, fields: Set[str] = frozenset()) -> None:
        self._fields = fields | {""}
        self._kinds: dict[Kind, Tallied] = {}

    def add(self, stage: str, record: int, error: Mapping[str, Any]) -> None:
        """Count one error.

        Parameters:
            stage: at which the record fell out.
            record: the record's place in its chunk.
            error: the error record.
        """
        kind = (stage, error["code"], error["field"])
        tallied = self._kinds.get(kind) or self._of(*kind)
        tallied.count += 1
        if record <= tallied.shown_to:
            tallied.show(record, error)

    def add_alike(self, stage: str, found: Findings) -> None:
        """Count errors of one kind, whose rows are places in the chunk."""
        tallied = self._of(stage, found.error["code"], found.error["field"])
        tallied.count += len(found.rows)
        for error in islice(found.records(), _SAMPLES):
            if error["index"] <= tallied.shown_to:
                tallied.show(error["index"], error)

    def merge(self, other: "Tally", first_index: int) -> None:
        """Add the errors of a chunk.

        Parameters:
            other: the chunk's.
            first_index: the index in the source of the chunk's first record.
        """
        for kind, added in other._kinds.items():
            tallied = self._kinds.setdefault(kind, Tallied())
            tallied.count += added.count
            for record, error in added.samples:
                tallied.show(first_index + record, error)

    def empty(self) -> "Tally":
        """A tally of the same columns that has counted nothing."""
        return Tally(self._fields)

    def to_json(self) -> list[dict[str, Any]]:
        """The kinds as the report has them, the most frequent first; beyond 100 as one."""
        ranked = sorted(self._kinds.items(), key=lambda one: (-one[1].count, one[0]))
        told = [
            _kind_json(*kind, tallied.count, list(_samples(tallied)))
            for kind, tallied in ranked[:_TOLD_KINDS]
        ]
        rest = sum(tallied.count for _, tallied in ranked[_TOLD_KINDS:])
        if rest:
            told.append(_kind_json(OTHER, OTHER, OTHER, rest, []))
        return told

    def _of(self, stage: str, code: str, name: str) -> Tallied:
        kind = (stage, code, name if name in self._fields else OTHER)
        return self._kinds.setdefault(kind, Tallied())


def _kind_json(
    stage: str, code: str, name: str, count: int, samples: list[dict[str, Any]]
) -> dict[str, Any]:
    return {"stage": stage, "code": code, "field": name, "count": count, "samples": samples}


def _place(sample: Sample) -> tuple[int, str, str]:
    record, error = sample
    return record, error["path"], error["keyword"]


def _samples(tallied: Tallied) -> Iterator[dict[str, Any]]:
    for index, error in tallied.samples:
        yield {"index": index, **{key: error[key] for key in _SAMPLE_MEMBERS if key in error}}
