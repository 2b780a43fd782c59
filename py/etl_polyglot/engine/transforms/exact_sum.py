"""Sums of floating-point numbers that are exact, and so the same in whatever order.

A double is an integer times a power of two. Numbers are cut into limbs, integers of `LIMB_BITS`
bits on one fixed grid of powers of two, which any program may add in any order without an
error; the total is rounded once. That is what `math.fsum` gives. For the idea see R. M. Neal,
Fast exact summation using small and large superaccumulators, 2015.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]
Words = npt.NDArray[np.void]
"""128-bit integers in two's complement, as `WORD` has them."""

WORD = np.dtype([("low", "<u8"), ("high", "<i8")])

LIMB_BITS = 52
"""Bits of a limb: with its sign it is exact as a double, and as an int64."""

_LOWEST_BIT = -1074
_MANTISSA_BITS = 53
_MAX_FACTOR = 1000
"""Powers of two up to here, and their inverses, are doubles."""


@dataclass(frozen=True, slots=True)
class BitRange:
    """Between which powers of two the bits of numbers lie.

    Attributes:
        low: no bit lies below 2**low.
        high: every finite number is less than 2**high; `low` where all are 0.
        special: whether some are infinite or no number.
    """

    low: int
    high: int
    special: bool

    def __or__(self, other: "BitRange") -> "BitRange":
        special = self.special or other.special
        both = [one for one in (self, other) if one.high > one.low]
        if not both:
            return BitRange(0, 0, special)
        low, high = min(one.low for one in both), max(one.high for one in both)
        return BitRange(low, high, special)

    @property
    def limbs(self) -> int:
        """How many limbs hold such a number."""
        return max(-(-(self.high - self.low) // LIMB_BITS), 1)


NO_BITS = BitRange(0, 0, special=False)


def bit_range(numbers: Doubles) -> BitRange:
    """Find where the bits of numbers lie."""
    finite = np.isfinite(numbers)
    special = not finite.all()
    sizes = np.abs(numbers[finite] if special else numbers)
    largest = sizes.max(initial=0.0)
    if largest == 0.0:
        return BitRange(0, 0, special)
    smallest = sizes.min(where=sizes > 0.0, initial=np.inf)
    low = max(int(np.frexp(smallest)[1]) - _MANTISSA_BITS, _LOWEST_BIT)
    return BitRange(low, int(np.frexp(largest)[1]), special)


def split(numbers: Doubles, bits: BitRange) -> list[npt.NDArray[np.int64]]:
    """Cut numbers into limbs, the lowest first: number = sum of limb_i * 2**(low + 52 * i).

    Numbers that are not finite count as 0.
    """
    rest = np.where(np.isfinite(numbers), numbers, 0.0) if bits.special else numbers
    limbs: list[npt.NDArray[np.int64]] = []
    for place in reversed(range(bits.limbs)):
        unit = bits.low + LIMB_BITS * place
        limb = np.trunc(_scaled(rest, -unit))
        limbs.insert(0, limb.astype(np.int64))
        if place:
            rest = rest - _scaled(limb, unit)
    return limbs


def _scaled(numbers: Doubles, exponent: int) -> Doubles:
    if abs(exponent) <= _MAX_FACTOR:
        return numbers * 2.0**exponent  # ten times as fast
    return np.ldexp(numbers, exponent)


def words_to_doubles(words: Words, exponent: int = 0) -> Doubles:
    """Round 128-bit integers, times 2**exponent, to the nearest doubles, ties to even; those
    beyond them are infinite."""
    negative = words["high"] < 0
    high, low = words["high"].view(np.uint64), words["low"]
    high = np.where(negative, ~high + (low == 0), high)
    low = np.where(negative, ~low + np.uint64(1), low)
    # The upper 64 bits of each, the last of them set when a lower one is: from these the
    # processor rounds as from all.
    shift = np.where(high > 0, np.frexp(high.astype(np.float64))[1], 0).astype(np.uint64)
    up = np.minimum(np.uint64(64) - shift, np.uint64(63))
    upper = np.where(shift > 0, (high << up) | (low >> np.minimum(shift, np.uint64(63))), low)
    upper = np.where(shift == 64, high, upper)
    lost = np.where(shift > 0, np.where(shift == 64, low, low << up), np.uint64(0))
    mantissas, exponents = (upper | (lost != 0)).astype(np.float64), shift.astype(np.int64)
    with np.errstate(over="ignore"):
        rounded = np.ldexp(mantissas, exponents + exponent)
    doubles: Doubles = np.where(negative, -rounded, rounded)
    return doubles


def limbs_to_double(totals: Sequence[int], low: int) -> float:
    """Round one total, given as the totals of its limbs, to the nearest double.

    Raises:
        OverflowError: it is beyond the doubles.
    """
    total = sum(limb << LIMB_BITS * place for place, limb in enumerate(totals))
    return total / (1 << -low) if low < 0 else float(total << low)
