"""Finding the records of CSV text with quotes out of place, one by one."""

from itertools import count

import numpy as np

from etl_polyglot.engine.records import Records, too_long
from etl_polyglot.engine.sources.csv_dialect import CsvDialect
from etl_polyglot.engine.stop import checkpoint

_CR = 0x0D
_PART = 4096
"""Records, or fields of one, between two checkpoints."""

_Step = tuple[int, int, str | None]
"""Where a record ends, where the next one begins, and what is wrong with it."""


def scan_records(
    dialect: CsvDialect, window: bytes, at_end: bool, most: int | None = None
) -> tuple[Records, int]:
    """Walk through text whose quotes are not all sound, record by record.

    A record with a quote out of place ends with the line on which the field at fault began,
    so that it cannot take the records after it with it.

    Parameters:
        dialect: how the text is written.
        window: the text, from the beginning of a record on.
        at_end: whether it reaches the end of the source.
        most: as many records are enough.

    Returns:
        The whole records of the window and the offset after the last of them.
    """
    starts: list[int] = []
    ends: list[int] = []
    broken: dict[int, str] = {}
    at = 0
    while at < len(window) and (most is None or len(starts) < most):
        if len(starts) % _PART == 0:
            checkpoint()
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
    for field in count():
        if field % _PART == 0:
            checkpoint()
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
    raise AssertionError("the fields of a window do not end")


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
