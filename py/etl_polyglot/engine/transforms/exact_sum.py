"""Sums that are exact, and so the same in whatever order.

A double is an integer times a power of two. Numbers are cut into limbs, integers of `LIMB_BITS`
bits at fixed powers of two, which any program may add in any order without an error; the total
is rounded once. That is what `math.fsum` gives. For the idea see R. M. Neal, Fast exact
summation using small and large superaccumulators, 2015. There are limbs only where numbers have
bits, so one odd number makes no more than two more.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

LIMB_BITS = 52
"""Bits of a limb: with its sign it is exact as a double, and as an int64."""

_EXPONENTS = 2048
_MANTISSA_BITS = 53
_LOWEST_BIT = -1074
_LEAST_NORMAL = 2.0**-1022
_MAX_FACTOR = 1000
"""Powers of two up to here, and their inverses, are doubles."""

Exponents = npt.NDArray[np.bool_]
"""Which of the exponents that a double can have some numbers have; the last is of no number."""

NO_EXPONENTS: Exponents = np.zeros(_EXPONENTS, np.bool_)


@dataclass(frozen=True, slots=True)
class Limb:
    """Where bits of numbers lie.

    Attributes:
        low: the limb counts in units of 2**low.
        high: all of its bits lie below 2**high.
    """

    low: int
    high: int


def exponents_of(numbers: Doubles) -> Exponents:
    """Find which exponents numbers have; zero has none."""
    bits = numbers.view(np.int64)
    found: Exponents = np.bincount((bits >> LIMB_BITS) & (_EXPONENTS - 1), minlength=_EXPONENTS) > 0
    if found[0]:
        found[0] = ((numbers != 0.0) & (np.abs(numbers) < _LEAST_NORMAL)).any()
    return found


def limbs_for(exponents: Exponents) -> tuple[Limb, ...]:
    """Choose limbs that hold all bits of all finite numbers, the lowest first; at least one."""
    limbs: list[Limb] = []
    for exponent in np.flatnonzero(exponents[:-1]).tolist():
        low = max(exponent, 1) - 1 + _LOWEST_BIT
        high = low + _MANTISSA_BITS
        if limbs and (end := limbs[-1].low + LIMB_BITS) > low:
            limbs[-1] = Limb(limbs[-1].low, min(high, end))
            low = end
        while low < high:
            limbs.append(Limb(low, min(high, low + LIMB_BITS)))
            low += LIMB_BITS
    return tuple(limbs) or (Limb(0, 0),)


def split(numbers: Doubles, limbs: Sequence[Limb]) -> list[Integers]:
    """Cut numbers into limbs: number = sum of part_i * 2**low_i.

    Numbers that are not finite count as 0.
    """
    rest = np.where(np.isfinite(numbers), numbers, 0.0)
    parts: list[Integers] = []
    for limb in reversed(limbs):
        part = np.trunc(_scaled(rest, -limb.low))
        parts.insert(0, part.astype(np.int64))
        if limb is not limbs[0]:
            rest = rest - _scaled(part, limb.low)
    return parts


def _scaled(numbers: Doubles, exponent: int) -> Doubles:
    if abs(exponent) <= _MAX_FACTOR:
        return numbers * 2.0**exponent  # ten times as fast
    return np.ldexp(numbers, exponent)
