"""128-bit integers, of which totals consist, and how they are rounded."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from etl_polyglot.engine.transforms.exact_sum import Doubles, Integers
from etl_polyglot.schema.arrow import Array
from etl_polyglot.schema.columnar.judged import Mask

Words = npt.NDArray[np.void]
"""128-bit integers in two's complement, as `WORD` has them."""

WORD = np.dtype([("low", "<u8"), ("high", "<i8")])

WORD_BITS = 126
"""A DECIMAL(38, 0), as which DuckDB hands 128-bit integers out, holds as many."""

_HALF_BITS = 64
_EXACT = 2**53
_BEYOND = 10**38


def words_of(column: Array) -> Words:
    """The unscaled values of a decimal128 column; nulls are anything."""
    _, data = column.buffers()
    words: Words = np.frombuffer(data, WORD)[column.offset : column.offset + len(column)]
    return words


@dataclass(frozen=True, slots=True)
class Totals:
    """Numbers, each the sum of words times powers of two.

    Attributes:
        words: one array for each power, the lowest first.
        lows: the exponents of the powers.
    """

    words: Sequence[Words]
    lows: Sequence[int]

    def rounded(self) -> Doubles:
        """Round to the nearest doubles, ties to even; those beyond them are infinite."""
        parts = [_rounded(words, low) for words, low in zip(self.words, self.lows, strict=True)]
        with np.errstate(invalid="ignore"):  # infinities of both signs, told below
            rounded: Doubles = np.sum(parts, axis=0)
        several = np.flatnonzero(np.sum([part != 0 for part in parts], axis=0) > 1)
        if len(several):
            rounded[several] = _quotients(self._integers(several), [1] * len(several), self.lows[0])
        return rounded

    def means(self, counted: Array, absent: Mask, scale: int = 0) -> Array:
        """Divide by counts, and by 10**scale, and round once; null where that is asked for."""
        divisors: Integers = np.where(absent, 1, counted.to_numpy(zero_copy_only=False))
        means, rest = np.zeros(len(divisors)), ~absent
        if self.lows == (0,) and int(divisors.max(initial=1)) * 10**scale <= _EXACT:
            totals = self.words[0]["low"].view(np.int64)
            rest &= (self.words[0]["high"] != totals >> 63) | (np.abs(totals) > _EXACT)
            means = totals / (divisors * 10**scale)  # both are exact doubles
        several = np.flatnonzero(rest)
        exact = [divisor * 10**scale for divisor in divisors[several].tolist()]
        means[several] = _quotients(self._integers(several), exact, self.lows[0])
        return pa.array(means, mask=absent)

    def _integers(self, rows: npt.NDArray[np.intp]) -> list[int]:
        totals = [0] * len(rows)
        for words, exponent in zip(self.words, self.lows, strict=True):
            up = exponent - self.lows[0]
            chosen = words[rows]
            halves = zip(totals, chosen["high"].tolist(), chosen["low"].tolist(), strict=True)
            totals = [total + ((high << _HALF_BITS | low) << up) for total, high, low in halves]
        return totals


def _quotients(totals: list[int], divisors: list[int], exponent: int) -> Doubles:
    """Each total * 2**exponent / divisor, which Python rounds once."""
    if exponent < 0:
        divisors = [divisor << -exponent for divisor in divisors]
    else:
        totals = [total << exponent for total in totals]
    return np.array([_quotient(*one) for one in zip(totals, divisors, strict=True)], np.float64)


def _quotient(total: int, divisor: int) -> float:
    try:
        return total / divisor
    except OverflowError:
        return float("inf")


def decimals_of_halves(lows: Words, highs: Words, kind: pa.DataType) -> tuple[Array, Mask]:
    """Join sums of the lower and of the upper 64 bits of decimals to decimals.

    Returns:
        The decimals, and which of them are not beyond 38 digits.
    """
    upper = highs["low"].view(np.int64)
    joined = np.empty(len(lows), WORD)
    joined["low"] = lows["low"]
    with np.errstate(over="ignore"):
        joined["high"] = upper + lows["high"]
    beyond = (highs["high"] != upper >> 63) | (joined["high"] < upper)
    high, low = joined["high"], joined["low"]
    for limit, is_past in ((_BEYOND, np.greater), (-_BEYOND, np.less)):
        top, bottom = limit >> _HALF_BITS, np.uint64(limit & 2**_HALF_BITS - 1)
        beyond |= is_past(high, top) | ((high == top) & (is_past(low, bottom) | (low == bottom)))
    return _decimals(joined, kind), ~beyond


def _decimals(words: Words, kind: pa.DataType) -> Array:
    make: Any = pa.Array.from_buffers
    return make(kind, len(words), [None, pa.py_buffer(words.tobytes())])


def _rounded(words: Words, exponent: int) -> Doubles:
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
