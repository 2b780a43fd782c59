"""The most frequent values of a column."""

from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from etl_polyglot.engine.profile.hashes import Hashes
from etl_polyglot.schema.arrow import Array

CANDIDATES = 1_024
"""A column that never has more distinct values is counted exactly."""

Counts = npt.NDArray[np.int64]


class FrequentValues:
    """Candidates for the most frequent values, with counts that are never too high.

    When there are too many candidates, all are counted down until few enough are left. No count
    is too low by more than one in `CANDIDATES` of all values, and none of the values that are
    more frequent than that is missed (J. Misra and D. Gries, "Finding Repeated Elements", 1982;
    merged as P. Agarwal and others, "Mergeable Summaries", 2012).

    Attributes:
        hashes: of the candidates, ascending.
        counts: how often each was found.
        values: what they are.
        undercount: by how much a count may be too low.
    """

    def __init__(self, hashes: Hashes, counts: Counts, values: Array, undercount: int) -> None:
        self.hashes = hashes
        self.counts = counts
        self.values = values
        self.undercount = undercount

    @classmethod
    def of(cls, distinct: Hashes, counts: Counts, hashes: Hashes, values: Array) -> Self:
        """Count values.

        Parameters:
            distinct: the hashes that there are, ascending, each once.
            counts: how often there is each.
            hashes: those of the values.
            values: the values, none of them null.
        """
        kept, counts, undercount = _counted_down(counts)
        distinct = distinct[kept]
        return cls(distinct, counts, values.take(_first(distinct, hashes)), undercount)

    def merge(self, other: Self) -> None:
        """Add the values of another summary."""
        hashes = np.concatenate([self.hashes, other.hashes])
        if len(hashes) == 0:
            self.undercount += other.undercount
            return
        counts = np.concatenate([self.counts, other.counts])
        order = np.argsort(hashes, kind="stable")
        hashes = hashes[order]
        starts = np.flatnonzero(np.concatenate([[True], hashes[1:] != hashes[:-1]]))
        kept, self.counts, more = _counted_down(np.add.reduceat(counts[order], starts))
        self.hashes = hashes[starts][kept]
        both: Any = pa.concat_arrays([self.values, other.values])
        self.values = both.take(pa.array(order[starts][kept]))
        self.undercount += other.undercount + more


def _counted_down(counts: Counts) -> tuple[npt.NDArray[np.bool_], Counts, int]:
    """Which candidates stay, their counts, and by how much those were lowered."""
    if len(counts) <= CANDIDATES:
        return np.ones(len(counts), bool), counts, 0
    past = len(counts) - CANDIDATES - 1
    lowered = int(np.partition(counts, past)[past])
    kept = counts > lowered
    return kept, counts[kept] - lowered, lowered


def _first(wanted: Hashes, hashes: Hashes) -> Array:
    """The first place of each wanted hash, all of which are there."""
    first = np.zeros(len(wanted), np.int64)
    if len(wanted):
        found = np.minimum(np.searchsorted(wanted, hashes), len(wanted) - 1)
        places = np.flatnonzero(wanted[found] == hashes)[::-1]
        first[found[places]] = places  # of several the last one stays, which is the first place
    return pa.array(first)
