"""Which texts are surely of a format, by the bytes of a whole column at once.

Dates, instants and email addresses mostly have one usual form, and that is told several times
faster than by an expression. What is of another form is left to the format's expression.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from etl_polyglot.schema.arrow import Array
from etl_polyglot.schema.columnar.judged import Mask

Bytes = npt.NDArray[np.uint8]
Positions = npt.NDArray[np.int64]

_DAYS = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], np.uint8)
_MOST_DIGITS_OF_SECOND = 9
_LONGEST_EMAIL = 64
"""In bytes: no label of its host name can be too long."""


@dataclass(frozen=True, slots=True)
class _Texts:
    """A column's texts: `data` has the bytes of all, each begins at `starts`, of `lengths`."""

    data: Bytes
    starts: Positions
    lengths: Positions


def surely(array: Array, name: str) -> Mask | None:
    """Return which texts are surely of a format; None where no form of it is known.

    What is said of nulls means nothing.
    """
    test = _FORMS.get(name)
    if test is None or not len(array):
        return None
    return test(_texts(array))


def _texts(array: Array) -> _Texts:
    wide = pa.types.is_large_string(array.type)
    _, offsets, data = array.buffers()
    borders = np.frombuffer(offsets, np.int64 if wide else np.int32)
    borders = borders[array.offset : array.offset + len(array) + 1].astype(np.int64)
    whole = np.frombuffer(data or b"", np.uint8)[borders[0] : borders[-1]]
    starts = borders[:-1] - borders[0]
    return _Texts(whole, starts, np.diff(borders))


def _dates(texts: _Texts) -> Mask:
    """`YYYY-MM-DD`."""
    return _of_length(texts, 10, _are_dates)


def _instants(texts: _Texts) -> Mask:
    """`YYYY-MM-DDTHH:MM:SS[.f]Z` with the most common number of digits."""
    length = int(np.bincount(np.minimum(texts.lengths, 64)).argmax())
    digits = length - len("2024-01-01T00:00:00.Z")
    if digits != -1 and not 1 <= digits <= _MOST_DIGITS_OF_SECOND:
        return np.zeros(len(texts.starts), np.bool_)
    return _of_length(texts, length, _are_instants)


def _of_length(texts: _Texts, length: int, test: Callable[[Bytes], Mask]) -> Mask:
    """Test the texts of one length, given as one row of bytes for each place in them."""
    found: Mask = texts.lengths == length
    if found.all():
        by_place = texts.data.reshape(-1, length).T
        return test(np.ascontiguousarray(by_place))
    by_place = texts.data[np.repeat(found, texts.lengths)].reshape(-1, length).T
    found[found] = test(np.ascontiguousarray(by_place))
    return found


def _are_dates(by_place: Bytes) -> Mask:
    digits = by_place - ord("0")  # what is below wraps round, and is above 9
    fits: Mask = (by_place[4] == ord("-")) & (by_place[7] == ord("-"))
    for place in (0, 1, 2, 3, 5, 6, 8, 9):
        fits &= digits[place] <= 9
    fits &= (digits[0] | digits[1] | digits[2] | digits[3]) != 0
    month, day = _number(digits, 5), _number(digits, 8)
    fits &= month <= 12
    fits &= (day >= 1) & (day <= _DAYS[np.where(fits, month, 0)])
    leap_days = np.flatnonzero(fits & (month == 2) & (day == 29))
    fits[leap_days] = _are_leap_years(digits[:4, leap_days])
    return fits


def _are_leap_years(digits: Bytes) -> Mask:
    years = np.array([1000, 100, 10, 1]) @ digits
    leap: Mask = (years % 4 == 0) & ((years % 100 != 0) | (years % 400 == 0))
    return leap


def _are_instants(by_place: Bytes) -> Mask:
    digits = by_place - ord("0")
    fits = _are_dates(by_place[:10])
    fits &= (by_place[10] == ord("T")) & (by_place[-1] == ord("Z"))
    for place, most in ((11, 23), (14, 59), (17, 59)):
        fits &= (digits[place] <= 9) & (digits[place + 1] <= 9) & (_number(digits, place) <= most)
    for place in (13, 16):
        fits &= by_place[place] == ord(":")
    if len(by_place) > len("2024-01-01T00:00:00Z"):
        fits &= by_place[19] == ord(".")
        for place in range(20, len(by_place) - 1):
            fits &= digits[place] <= 9
    return fits


def _number(digits: Bytes, place: int) -> Bytes:
    number: Bytes = digits[place] * 10 + digits[place + 1]
    return number


_LOCAL = np.isin(np.arange(256), list(b"!#$%&'*+/=?^_`{|}~"))


def _emails(texts: _Texts) -> Mask:
    """Letters, digits, single dots, hyphens not beside them, and more before the one `@`."""
    data, starts, lengths = texts.data, texts.starts, texts.lengths
    ends = starts + lengths - 1
    # One piece of memory for all that is made of every byte: it is the new memory that costs.
    number, *flags = np.empty((3, len(data)), np.uint8)
    separates, letters, found = (one.view(np.bool_) for one in (*flags, number))

    np.equal(data, ord("@"), out=separates)
    (at,) = np.nonzero(separates)
    fits = (lengths >= len("a@b")) & (lengths <= _LONGEST_EMAIL)
    if len(at) == len(starts) and (at >= starts).all() and (at <= ends).all():
        at_of_row = at
    else:
        first = np.searchsorted(at, starts)
        at_of_row = np.append(at, len(data))[first]
        fits &= (at_of_row <= ends) & (np.diff(first, append=len(at)) == 1)

    np.bitwise_or(data, 0x20, out=number)
    number -= ord("a")
    np.less(number, 26, out=letters)
    np.subtract(data, ord("0"), out=number)
    letters |= np.less(number, 10, out=found)
    fits[fits] = letters[starts[fits]] & letters[ends[fits]]

    separates |= np.equal(data, ord("."), out=found)
    marks = np.equal(data, ord("-"), out=found)
    marks |= separates
    letters |= marks
    strange = np.flatnonzero(np.logical_not(letters, out=letters))
    row = _rows_of(strange, starts)
    fits[row[~_LOCAL[data[strange]] | (strange > at_of_row[row])]] = False
    beside = letters[1:]
    for left, right in ((separates, marks), (marks, separates)):
        np.logical_and(left[:-1], right[1:], out=beside)
        fits[_rows_of(np.flatnonzero(beside), starts)] = False
    return fits


def _rows_of(places: Positions, starts: Positions) -> Positions:
    """Return the rows that bytes lie in."""
    return np.searchsorted(starts, places, side="right") - 1


_FORMS: Mapping[str, Callable[[_Texts], Mask]] = {
    "date-time": _instants,
    "date": _dates,
    "email": _emails,
}
