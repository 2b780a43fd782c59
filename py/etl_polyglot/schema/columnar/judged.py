"""What kernels find of the values of an array: surely wrong, or beyond what they can say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]
Suspects = Mask | None
"""Positions; None: none, which is the common case and costs nothing."""


@dataclass(frozen=True, slots=True)
class Judged:
    """`wrong` are the positions that do not fit, `unsure` those that only rows can decide.

    No position is both; all others fit.
    """

    wrong: Suspects = None
    unsure: Suspects = None

    @property
    def suspects(self) -> Suspects:
        """The positions that do not surely fit."""
        return union(self.wrong, self.unsure)

    def where(self, present: Suspects) -> Judged:
        """Keep what was found at some positions only; None keeps all."""
        if present is None:
            return self
        return Judged(_narrowed(self.wrong, present), _narrowed(self.unsure, present))


FITS = Judged()


def all_wrong(count: int) -> Judged:
    """Every position is wrong."""
    return Judged(np.ones(count, dtype=np.bool_))


def all_unsure(count: int) -> Judged:
    """Every position is for rows to decide."""
    return Judged(None, np.ones(count, dtype=np.bool_))


def both(left: Judged, right: Judged) -> Judged:
    """Judge by two schemas that apply together."""
    if right is FITS or left is FITS:
        return left if right is FITS else right
    wrong = union(left.wrong, right.wrong)
    unsure = union(left.unsure, right.unsure)
    if wrong is not None and unsure is not None:
        unsure = _narrowed(unsure, ~wrong)
    return Judged(wrong, unsure)


def fitting(options: Sequence[Judged], count: int) -> tuple[npt.NDArray[np.int64], ...]:
    """Return how many of several schemas each position surely fits, and how many it may fit."""
    surely = np.zeros(count, dtype=np.int64)
    perhaps = np.zeros(count, dtype=np.int64)
    for one in options:
        wrong, unsure = filled(one.wrong, count), filled(one.unsure, count)
        surely += ~(wrong | unsure)
        perhaps += unsure
    return surely, perhaps


def any_fits(options: Sequence[Judged], count: int) -> Judged:
    """Judge by `anyOf`."""
    if any(one.suspects is None for one in options):
        return FITS
    surely, perhaps = fitting(options, count)
    return of_masks((surely == 0) & (perhaps == 0), (surely == 0) & (perhaps > 0))


def one_fits(options: Sequence[Judged], count: int) -> Judged:
    """Judge by `oneOf`."""
    surely, perhaps = fitting(options, count)
    wrong = (surely > 1) | ((surely == 0) & (perhaps == 0))
    return of_masks(wrong, ~wrong & (perhaps > 0))


def negated(inner: Judged, count: int) -> Judged:
    """Judge by `not`."""
    surely, _ = fitting([inner], count)
    return Judged(some(surely > 0), inner.unsure)


def branched(test: Judged, then: Judged, otherwise: Judged, count: int) -> Judged:
    """Judge by `if`, `then`, `else`."""
    fits = ~filled(test.suspects, count)
    decided = both(then.where(fits), otherwise.where(filled(test.wrong, count)))
    # Where the test is unsure, both branches may still say the same.
    doubt = test.unsure
    if doubt is None:
        return decided
    same = fitting([then, otherwise], count)[0] == 2
    return both(decided, Judged(None, some(doubt & ~same)))


def of_masks(wrong: Mask, unsure: Mask) -> Judged:
    """Return what two masks say, the empty ones as None."""
    return Judged(some(wrong), some(unsure))


def union(left: Suspects, right: Suspects) -> Suspects:
    """Return the positions of either."""
    if left is None or right is None:
        return left if right is None else right
    return left | right


def filled(mask: Suspects, count: int) -> Mask:
    """Return a mask that is there."""
    return np.zeros(count, dtype=np.bool_) if mask is None else mask


def some(mask: Mask) -> Suspects:
    """Return the mask, or None where it is empty."""
    return mask if mask.any() else None


def _narrowed(mask: Suspects, present: Mask) -> Suspects:
    return None if mask is None else some(mask & present)
