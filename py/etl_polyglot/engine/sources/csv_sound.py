"""CSV text whose quotes are all in place: where its records lie, all at once."""

import numpy as np

from etl_polyglot.engine.records import Positions, Records
from etl_polyglot.engine.sources.csv_dialect import CsvDialect

_QUOTE, _LF, _CR = 0x22, 0x0A, 0x0D


def sound_quotes(data: bytes, delimiter: bytes, at_end: bool) -> Positions | None:
    """Find the quotes of a run of records, if every one opens, closes or escapes.

    A quote may open only at the start of a field and close only at its end; `""` inside is
    one quote. Where this holds, a byte is inside quotes just when an odd number of quotes
    stands before it.

    Parameters:
        data: bytes that begin with a record.
        delimiter: the one byte between fields.
        at_end: whether the end of the data also ends the last record.

    Returns:
        The offsets of all quotes, or None when one is out of place.
    """
    if b'"' not in data:
        return np.empty(0, np.int64)
    values = np.frombuffer(data, np.uint8)
    quotes = np.flatnonzero(values == _QUOTE)
    if at_end and len(quotes) % 2:
        return None
    beside = np.zeros(len(quotes) + 1, bool)  # beside[i]: quote i follows quote i - 1 at once
    beside[1:-1] = np.diff(quotes) == 1
    opening, closing = quotes[0::2], quotes[1::2]
    before = np.where(opening == 0, _LF, values[np.maximum(opening, 1) - 1])
    opens = beside[0:-1:2] | (before == delimiter[0]) | (before == _LF)
    # Past the end of a window that goes on, nothing is known; the cut lies before it.
    after = byte_at(values, closing + 1, _LF)
    after_cr = byte_at(values, closing + 2, 0 if at_end else _LF)
    closes = beside[2::2][: len(closing)] | (after == delimiter[0]) | (after == _LF)
    closes |= (after == _CR) & (after_cr == _LF)
    return quotes if bool(opens.all() and closes.all()) else None


def sound_end(window: bytes, quotes: Positions) -> int:
    """Find the end of the last whole line of text with sound quotes; 0: there is none."""
    newline = window.rfind(b"\n")
    while newline >= 0:
        inside = int(np.searchsorted(quotes, newline))
        if inside % 2 == 0:
            return newline + 1
        # Every line end up to the quote that opened this field is inside it as well.
        newline = window.rfind(b"\n", 0, int(quotes[inside - 1]))
    return 0


def sound_records(data: bytes, quotes: Positions, dialect: CsvDialect) -> Records:
    """Find the records of whole, sound text; what else may be wrong with them is not asked."""
    values = np.frombuffer(data, np.uint8)
    ends = outside(np.flatnonzero(values == _LF), quotes)
    if data and (len(ends) == 0 or ends[-1] != len(data) - 1):
        ends = np.append(ends, len(data))
    starts = np.concatenate([np.zeros(1, np.int64), ends + 1])[: len(ends)]
    filled = ends > starts
    with_cr = filled & (values[np.maximum(ends, 1) - 1] == _CR) & (ends < len(data))
    ends = ends - with_cr
    if dialect.width > 1:
        blank = ends == starts  # a blank line is a record only where one field is the whole of it
        starts, ends = starts[~blank], ends[~blank]
    return Records(starts, ends)


def byte_at(values: np.ndarray, offsets: Positions, beyond: int) -> np.ndarray:
    """The bytes at some offsets; `beyond` stands behind the end."""
    found = np.full(len(offsets), beyond, np.uint8)
    within = offsets < len(values)
    found[within] = values[offsets[within]]
    return found


def outside(offsets: Positions, quotes: Positions) -> Positions:
    """Those of some offsets that are not inside quotes."""
    if len(quotes) == 0:
        return offsets
    found: Positions = offsets[np.searchsorted(quotes, offsets) % 2 == 0]
    return found
