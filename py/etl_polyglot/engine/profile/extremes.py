"""The least, the greatest and the mean of values."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow.types as pat

from etl_polyglot.engine.transforms.exact_sum import Doubles, exponents_of, limbs_for, split
from etl_polyglot.engine.transforms.wide_integers import words_of
from etl_polyglot.schema.arrow import Array, pc

_LOW_HALF = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Extremes:
    """The least and the greatest of some values, and their sum; all None of no value.

    The sum is exact, so that it does not depend on what was added first.
    """

    least: Any = None
    greatest: Any = None
    total: Fraction | None = None
    count: int = 0

    def __or__(self, other: Self) -> Self:
        if not self.count or not other.count:
            return self if self.count else other
        return type(self)(
            min(self.least, other.least),
            max(self.greatest, other.greatest),
            None if self.total is None or other.total is None else self.total + other.total,
            self.count + other.count,
        )

    @property
    def mean(self) -> float | None:
        """The mean of numbers, rounded once."""
        return None if self.total is None else float(self.total / self.count)


def numbers(values: Array) -> Extremes:
    """Measure integers, doubles or decimals, none of them null; only finite ones count."""
    kind = values.type
    if pat.is_floating(kind):
        values = values.filter(pc.is_finite(values))
        total = _sum_of_doubles(values.to_numpy())
    elif pat.is_decimal(kind):
        words = words_of(values)
        unscaled = (_sum(words["high"]) << 64) + _sum(words["low"])
        total = Fraction(unscaled) / Fraction(10) ** kind.scale
    else:
        total = Fraction(_sum(values.to_numpy()))
    return ordered(values, total)


def ordered(values: Array, total: Fraction | None = None) -> Extremes:
    """Measure values that have an order, none of them null."""
    if len(values) == 0:
        return Extremes()
    found = pc.min_max(values)
    return Extremes(found["min"].as_py(), found["max"].as_py(), total, len(values))


def _sum(integers: npt.NDArray[Any]) -> int:
    """The sum of integers of whatever width, which may be beyond 64 bits."""
    wide = integers.astype(np.uint64 if integers.dtype == np.uint64 else np.int64, copy=False)
    low = wide & wide.dtype.type(_LOW_HALF)
    return (int((wide >> wide.dtype.type(32)).sum()) << 32) + int(low.sum())


def _sum_of_doubles(numbers: Doubles) -> Fraction:
    limbs = limbs_for(exponents_of(numbers))
    base = limbs[0].low
    parts = zip(limbs, split(numbers, limbs), strict=True)
    total = sum(_sum(part) << limb.low - base for limb, part in parts)
    return Fraction(total) * Fraction(2) ** base
