"""Finding the records of CSV text whose quotes are all in place, a whole chunk at once."""

import numpy as np
import pyarrow as pa

from etl_polyglot.engine import chunks
from etl_polyglot.engine.chunks import Boundary
from etl_polyglot.engine.records import Positions, Records, too_long
from etl_polyglot.engine.sources.csv_dialect import CsvDialect
from etl_polyglot.engine.sources.csv_scan import scan_records
from etl_polyglot.schema.arrow import Array

_QUOTE, _LF, _CR = 0x22, 0x0A, 0x0D


def find_boundary(dialect: CsvDialect, window: bytes, at_end: bool) -> Boundary | None:
    """Find the end of the last whole record of a window; the rule of CSV for `cut_chunks`."""
    if len(window) <= dialect.max_record_bytes:
        quotes = sound_quotes(window, dialect.delimiter, at_end)
        if quotes is not None:
            return _sound_boundary(window, quotes, at_end)
    records, cut = scan_records(dialect, window, at_end, chunks.CHUNK_RECORDS)
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


def is_utf8(data: bytes) -> bool:
    """Whether the bytes are UTF-8."""
    ends = pa.array([0, len(data)], pa.int64()).buffers()[1]
    text: Array = pa.Array.from_buffers(pa.large_string(), 1, [None, ends, pa.py_buffer(data)])
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def sound_records(data: bytes, quotes: Positions, dialect: CsvDialect) -> Records:
    """Find the records of whole, sound text; what else may be wrong with them is not asked."""
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
    return Records(starts, ends)


def wrong_width(dialect: CsvDialect, found: int) -> str:
    """What is expected of a record that has another number of fields than the header."""
    return f"{dialect.width} fields, as the header has; found {found}"


def find_faults(
    data: bytes, quotes: Positions, records: Records, dialect: CsvDialect
) -> dict[int, str]:
    """Say which records of sound text are broken in another way, and how.

    They have another number of fields than the header, a NUL byte, a bare carriage return
    outside quotes, bytes that are not UTF-8, or more bytes than a record may have.
    """
    values = np.frombuffer(data, np.uint8)
    starts, ends = records.starts, records.ends
    faults: dict[int, str] = {}
    delimiters = _outside(np.flatnonzero(values == dialect.delimiter[0]), quotes)
    fields = np.searchsorted(delimiters, ends) - np.searchsorted(delimiters, starts) + 1
    for record in np.flatnonzero(fields != dialect.width).tolist():
        faults[record] = wrong_width(dialect, fields[record])
    strays = _outside(np.flatnonzero(values == _CR), quotes)
    strays = strays[_byte_at(values, strays + 1, 0) != _LF]
    for record in _holding(starts, strays):
        faults[record] = "no bare carriage return outside quotes"
    for record in _holding(starts, np.flatnonzero(values == 0)):
        faults[record] = "no NUL byte"
    if not is_utf8(data):
        for record in _holding(starts, np.flatnonzero(values >= 0x80)):
            if not _decodes(data[starts[record] : ends[record]]):
                faults[record] = "UTF-8"
    for record in np.flatnonzero(ends - starts > dialect.max_record_bytes).tolist():
        faults[record] = too_long(dialect.max_record_bytes)
    return faults


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


def _decodes(data: bytes) -> bool:
    """Whether a few bytes are UTF-8; `is_utf8` takes longer to begin."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
