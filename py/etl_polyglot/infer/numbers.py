"""What is known of the numbers at one place of the records."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow.types as pat

from etl_polyglot.schema.arrow import Array, pc
from etl_polyglot.schema.canonical import MAX_SAFE_INTEGER

_MOST_CENTS = 1e13
"""Amounts from here on have more digits than a double holds, two of them behind the point."""

Number = int | float | Decimal


@dataclass(slots=True)
class NumberFacts:
    """What is known of the numbers at one place.

    Attributes:
        count: how many there are.
        least: the least of them that is finite.
        greatest: the greatest of them that is finite.
        fractions: how many are written with a point or an exponent, or have a type that may be.
        non_finite: how many are NaN or infinite.
        in_cents: whether none has more than two digits behind the point.
    """

    count: int = 0
    least: Number | None = None
    greatest: Number | None = None
    fractions: int = 0
    non_finite: int = 0
    in_cents: bool = True

    @property
    def are_integers(self) -> bool:
        """Whether all are written as integers."""
        return self.fractions == 0 and self.non_finite == 0

    @property
    def are_safe(self) -> bool:
        """Whether all lie within ±(2^53-1), where JSON's integers end."""
        if self.least is None or self.greatest is None:
            return True
        return self.least >= -MAX_SAFE_INTEGER and self.greatest <= MAX_SAFE_INTEGER

    def observe(self, values: Sequence[int | float]) -> None:
        """Take in numbers as a JSON parser gives them."""
        floats = [value for value in values if type(value) is float]
        self.count += len(values)
        self.fractions += len(floats)
        self._widen(min(values), max(values))
        self._look_for_cents(np.array(floats, np.float64))

    def observe_array(self, array: Array) -> None:
        """Take in an Arrow array of numbers without nulls."""
        self.count += len(array)
        if pat.is_floating(array.type):
            self.fractions += len(array)
            array = array.cast("float64")
            finite = pc.is_finite(array)
            self.non_finite += len(array) - (pc.sum(finite).as_py() or 0)
            array = array.filter(finite)
            self._look_for_cents(array.to_numpy(zero_copy_only=False))
        limits = pc.min_max(array)
        if limits["min"].is_valid:
            self._widen(limits["min"].as_py(), limits["max"].as_py())

    def _widen(self, least: Number, greatest: Number) -> None:
        self.least = least if self.least is None else min(self.least, least)
        self.greatest = greatest if self.greatest is None else max(self.greatest, greatest)

    def _look_for_cents(self, floats: Any) -> None:
        if self.in_cents and len(floats):
            # Larger ones first, for to round them would overflow.
            self.in_cents = bool(np.all(np.abs(floats) < _MOST_CENTS))
            self.in_cents = self.in_cents and bool(np.all(np.round(floats, 2) == floats))


def shown_number(number: Number | None) -> str:
    """Write a number for a comment."""
    if isinstance(number, float) and math.isfinite(number) and number.is_integer():
        return f"{number:.0f}" if abs(number) < 1e15 else repr(number)
    return str(number)
