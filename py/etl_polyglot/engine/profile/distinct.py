"""How many distinct values a column has, about."""

import math
from typing import Self

import numpy as np

from etl_polyglot.engine.profile.hashes import Hashes

KEPT_HASHES = 8_192
"""Up to so many distinct values are counted exactly."""

_HASHES = 2.0**64
_NONE: Hashes = np.empty(0, np.uint64)


class DistinctValues:
    """The k least hashes of the values, from whose density their number follows.

    The sketch of a whole is that of its parts merged, in whatever order. The estimate is
    unbiased, its relative standard error 1/√(k-2): 1.1 % (K. Beyer and others, "On Synopses for
    Distinct-Value Estimation Under Multiset Operations", 2007).

    Parameters:
        hashes: ascending, each once.
    """

    def __init__(self, hashes: Hashes = _NONE) -> None:
        self._least = hashes[:KEPT_HASHES].copy()

    def merge(self, other: Self) -> None:
        """Add the values of another sketch."""
        both = np.sort(np.concatenate([self._least, other._least]))
        first = np.ones(len(both), bool)
        first[1:] = both[1:] != both[:-1]
        self._least = both[first][:KEPT_HASHES]

    @property
    def estimate(self) -> int:
        """How many distinct values there are."""
        kept = len(self._least)
        if kept < KEPT_HASHES:
            return kept
        return round((kept - 1) * _HASHES / float(self._least[-1]))

    @property
    def error(self) -> float:
        """The estimate's relative standard error; 0 when it is exact."""
        return 0.0 if len(self._least) < KEPT_HASHES else 1 / math.sqrt(KEPT_HASHES - 2)
