"""Finding the records of CSV text with quotes out of place, one by one around these."""

from itertools import count

import numpy as np

from etl_polyglot.engine.records import Records, too_long
from etl_polyglot.engine.sources.csv_dialect import CsvDialect
from etl_polyglot.engine.sources.csv_sound import sound_end, sound_quotes, sound_records
from etl_polyglot.engine.stop import checkpoint

_CR = 0x0D
_PART = 4096
"""Fields of a record between two checkpoints."""
_LEAST_RUN, _MOST_RUN = 32 * 1024, 1024 * 1024
"""Bytes that are looked at as a whole."""
_LEAST_WALK, _MOST_WALK = 128, 4096
"""Records that are walked through before the next are looked at as a whole."""

_Step = tuple[int, int, str | None]
"""Where a record ends, where the next one begins, and what is wrong with it."""

NOTHING = Records(np.empty(0, np.int64), np.empty(0, np.int64)), 0, _LEAST_RUN
"""Stands for no record, found in a run of text that is to be walked through."""


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
    at, left, walk, size = 0, 0, _LEAST_WALK, _LEAST_RUN
    while at < len(window) and (most is None or len(starts) < most):
        if left == 0:
            checkpoint()
            run, cut, size = _sound_run(dialect, window, at, size)
            if most is not None and len(run) >= most - len(starts):
                run = Records(run.starts[: most - len(starts)], run.ends[: most - len(starts)])
                cut = window.index(b"\n", at + int(run.ends[-1])) + 1 - at
            starts += (at + run.starts).tolist()
            ends += (at + run.ends).tolist()
            at += cut
            if cut:
                walk = _LEAST_WALK
                continue
            left, walk = walk, min(2 * walk, _MOST_WALK)
        left -= 1
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


def _sound_run(
    dialect: CsvDialect, window: bytes, start: int, size: int
) -> tuple[Records, int, int]:
    """Find the records from an offset on up to a quote out of place, all at once.

    Parameters:
        dialect: how the text is written.
        window: the text.
        start: the beginning of a record.
        size: how many bytes to look at first; fewer where they hold such a quote.

    Returns:
        Whole records that follow each other, offsets from `start` on as if it were 0; the offset
        after the last of them, 0 where none was found; and the size for the next time.
    """
    size = min(size, dialect.max_record_bytes)  # so that no record in it is too long
    while True:
        text = window[start : start + size]
        quotes = sound_quotes(text, dialect.delimiter, False)
        cut = 0 if quotes is None else sound_end(text, quotes)
        if quotes is not None and cut:
            return sound_records(text[:cut], quotes, dialect), cut, min(2 * size, _MOST_RUN)
        if size <= _LEAST_RUN:
            return NOTHING
        size //= 4


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
