"""Finding the records of CSV text: all at once where the quotes are sound, else one by one."""

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from etl_polyglot.engine.chunks import Boundary
from etl_polyglot.engine.records import Positions, Records, too_long

_QUOTE, _LF, _CR = 0x22, 0x0A, 0x0D


_Step = tuple[int, int, str | None]
"""Where a record ends, where the next one begins, and what is wrong with it."""


@dataclass(frozen=True)
class CsvDialect:
    """How a CSV source is written.

    Attributes:
        delimiter: the one byte between fields.
        width: the number of fields of its header.
        max_record_bytes: longer records are broken.
    """

    delimiter: bytes
    width: int
    max_record_bytes: int

    @cached_property
    def sound_record(self) -> re.Pattern[bytes]:
        """Matches one whole record, line end and all, whose quotes are sound."""
        separator = re.escape(self.delimiter)
        one = rb'(?:"(?:[^"]++|"")*+"|[^"\n\r' + separator + rb"]*+)"
        return re.compile(one + rb"(?:" + separator + one + rb")*+(?:(\r?\n)|\Z)")

    @cached_property
    def plain_field_end(self) -> re.Pattern[bytes]:
        """Matches what ends an unquoted field, or is out of place in one."""
        return re.compile(rb'["\n' + re.escape(self.delimiter) + rb"]")


def find_boundary(dialect: CsvDialect, window: bytes, at_end: bool) -> Boundary | None:
    """Find the end of the last whole record of a window; the rule of CSV for `cut_chunks`."""
    if len(window) <= dialect.max_record_bytes:
        quotes = sound_quotes(window, dialect.delimiter, at_end)
        if quotes is not None:
            return _sound_boundary(window, quotes, at_end)
    records, cut = scan_records(dialect, window, at_end)
    return Boundary(cut, records) if cut else None


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
    after = _byte_at(values, closing + 1, _LF)
    after_cr = _byte_at(values, closing + 2, 0 if at_end else _LF)
    closes = beside[2::2][: len(closing)] | (after == delimiter[0]) | (after == _LF)
    closes |= (after == _CR) & (after_cr == _LF)
    return quotes if bool(opens.all() and closes.all()) else None


def is_plain(data: bytes) -> bool:
    """Whether text has no NUL and no bare carriage return, quoted or not.

    Of such text Arrow takes the same records for records as `sound_records`, and refuses the
    whole where one is broken.
    """
    if b"\0" in data:
        return False
    if b"\r" not in data:
        return True
    values = np.frombuffer(data, np.uint8)
    returns = np.flatnonzero(values == _CR)
    return bool((_byte_at(values, returns + 1, 0) == _LF).all())


def sound_records(data: bytes, quotes: Positions, dialect: CsvDialect) -> Records:
    """Find the records of whole, sound text, and which of them are broken in another way.

    Broken are: another number of fields than the header has, a NUL byte, a bare carriage
    return outside quotes, bytes that are not UTF-8, and more bytes than a record may have.
    """
    values = np.frombuffer(data, np.uint8)
    ends = _outside(np.flatnonzero(values == _LF), quotes)
    if data and (len(ends) == 0 or ends[-1] != len(data) - 1):
        ends = np.append(ends, len(data))
    starts = np.concatenate([np.zeros(1, np.int64), ends + 1])[: len(ends)]
    filled = ends > starts
    with_cr = filled & (values[np.maximum(ends, 1) - 1] == _CR) & (ends < len(data))
    ends = ends - with_cr
    if dialect.width > 1:
        blank = ends == starts  # a blank line is a record only where one field is the whole of it
        starts, ends = starts[~blank], ends[~blank]
    broken: dict[int, str] = {}
    delimiters = _outside(np.flatnonzero(values == dialect.delimiter[0]), quotes)
    fields = np.searchsorted(delimiters, ends) - np.searchsorted(delimiters, starts) + 1
    for record in np.flatnonzero(fields != dialect.width).tolist():
        broken[record] = f"{dialect.width} fields, as the header has; found {fields[record]}"
    strays = _outside(np.flatnonzero(values == _CR), quotes)
    strays = strays[_byte_at(values, strays + 1, 0) != _LF]
    for record in _holding(starts, strays):
        broken[record] = "no bare carriage return outside quotes"
    for record in _holding(starts, np.flatnonzero(values == 0)):
        broken[record] = "no NUL byte"
    for record in _holding(starts, np.flatnonzero(values >= 0x80)):
        if not _is_utf8(data[starts[record] : ends[record]]):
            broken[record] = "UTF-8"
    for record in np.flatnonzero(ends - starts > dialect.max_record_bytes).tolist():
        broken[record] = too_long(dialect.max_record_bytes)
    return Records(starts, ends, broken)


def scan_records(dialect: CsvDialect, window: bytes, at_end: bool) -> tuple[Records, int]:
    """Walk through text whose quotes are not all sound, record by record.

    A record with a quote out of place ends with the line on which the field at fault began,
    so that it cannot take the records after it with it.

    Returns:
        The whole records of the window and the offset after the last of them.
    """
    starts: list[int] = []
    ends: list[int] = []
    broken: dict[int, str] = {}
    at = 0
    while at < len(window):
        longest = at + dialect.max_record_bytes
        found = dialect.sound_record.match(window, at, longest + 2)
        if found and found.group(1) and found.start(1) <= longest:
            step: _Step | None = (found.start(1), found.end(), None)
        elif found and at_end and found.end() == len(window) <= longest:
            step = (len(window), len(window), None)
        else:
            step = _walk_record(dialect, window, at, at_end)
        if step is None:
            break
        end, after, reason = step
        if end > longest:
            reason = too_long(dialect.max_record_bytes)
        if end > at or dialect.width == 1:
            if reason is not None:
                broken[len(starts)] = reason
            starts.append(at)
            ends.append(end)
        at = after
    return Records(np.array(starts, np.int64), np.array(ends, np.int64), broken), at


def _walk_record(dialect: CsvDialect, window: bytes, start: int, at_end: bool) -> _Step | None:
    """Find the end of a record byte by byte; None when it goes on after the window."""
    quote_limit = start + dialect.max_record_bytes
    at = start
    while True:
        if window[at : at + 1] == b'"':
            close = _closing_quote(window, at, quote_limit)
            if close < 0:
                if len(window) < quote_limit and not at_end:
                    return None
                return _to_line_end(window, at, at_end, "a closing quote for each opening one")
            following = window[close + 1 : close + 3]
            if following in (b"", b"\r") and not at_end:
                return None
            if following[:1] == dialect.delimiter:
                at = close + 2
                continue
            if following == b"\r\n":
                return close + 1, close + 3, None
            if following[:1] == b"\n":
                return close + 1, close + 2, None
            if not following:
                return close + 1, close + 1, None
            return _to_line_end(window, at, at_end, "each quote inside a quoted field doubled")
        stop = dialect.plain_field_end.search(window, at)
        if stop is None:
            return (len(window), len(window), None) if at_end else None
        if stop.group() == b'"':
            return _to_line_end(window, at, at_end, "quotes only around whole fields")
        if stop.group() == b"\n":
            return _without_cr(window, start, stop.start()), stop.end(), None
        at = stop.end()


def _closing_quote(window: bytes, opening: int, limit: int) -> int:
    at = window.find(b'"', opening + 1, limit)
    while at >= 0 and window[at + 1 : at + 2] == b'"':
        at = window.find(b'"', at + 2, limit)
    return at


def _to_line_end(window: bytes, at: int, at_end: bool, reason: str) -> _Step | None:
    newline = window.find(b"\n", at)
    if newline < 0:
        return (len(window), len(window), reason) if at_end else None
    return _without_cr(window, at, newline), newline + 1, reason


def _without_cr(window: bytes, start: int, newline: int) -> int:
    return newline - 1 if newline > start and window[newline - 1] == _CR else newline


def _sound_boundary(window: bytes, quotes: Positions, at_end: bool) -> Boundary | None:
    if at_end:
        return Boundary(len(window))
    newline = window.rfind(b"\n")
    while newline >= 0:
        inside = int(np.searchsorted(quotes, newline))
        if inside % 2 == 0:
            return Boundary(newline + 1)
        # Every line end up to the quote that opened this field is inside it as well.
        newline = window.rfind(b"\n", 0, int(quotes[inside - 1]))
    return None


def _byte_at(values: np.ndarray, offsets: Positions, beyond: int) -> np.ndarray:
    found = np.full(len(offsets), beyond, np.uint8)
    within = offsets < len(values)
    found[within] = values[offsets[within]]
    return found


def _outside(offsets: Positions, quotes: Positions) -> Positions:
    if len(quotes) == 0:
        return offsets
    outside: Positions = offsets[np.searchsorted(quotes, offsets) % 2 == 0]
    return outside


def _holding(starts: Positions, offsets: Positions) -> list[int]:
    """The records that hold the given offsets, each once."""
    records: list[int] = np.unique(np.searchsorted(starts, offsets, side="right") - 1).tolist()
    return records


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
