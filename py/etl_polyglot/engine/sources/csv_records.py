"""Where chunks of CSV may be cut, and what is wrong with records whose quotes are in place."""

import numpy as np
import pyarrow as pa

from etl_polyglot.engine import chunks
from etl_polyglot.engine.chunks import Boundary
from etl_polyglot.engine.records import Positions, Records, too_long
from etl_polyglot.engine.sources.csv_dialect import CsvDialect
from etl_polyglot.engine.sources.csv_scan import scan_records
from etl_polyglot.engine.sources.csv_sound import byte_at, outside, sound_end, sound_quotes
from etl_polyglot.schema.arrow import Array

_LF, _CR = 0x0A, 0x0D


def find_boundary(dialect: CsvDialect, window: bytes, at_end: bool) -> Boundary | None:
    """Find the end of the last whole record of a window; the rule of CSV for `cut_chunks`."""
    if len(window) <= dialect.max_record_bytes:
        quotes = sound_quotes(window, dialect.delimiter, at_end)
        if quotes is not None:
            cut = len(window) if at_end else sound_end(window, quotes)
            return Boundary(cut) if cut else None
    records, cut = scan_records(dialect, window, at_end, chunks.CHUNK_RECORDS)
    return Boundary(cut, records) if cut else None


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
    return bool((byte_at(values, returns + 1, 0) == _LF).all())


def is_utf8(data: bytes) -> bool:
    """Whether the bytes are UTF-8."""
    ends = pa.array([0, len(data)], pa.int64()).buffers()[1]
    text: Array = pa.Array.from_buffers(pa.large_string(), 1, [None, ends, pa.py_buffer(data)])
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


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
    delimiters = outside(np.flatnonzero(values == dialect.delimiter[0]), quotes)
    fields = np.searchsorted(delimiters, ends) - np.searchsorted(delimiters, starts) + 1
    for record in np.flatnonzero(fields != dialect.width).tolist():
        faults[record] = wrong_width(dialect, fields[record])
    strays = outside(np.flatnonzero(values == _CR), quotes)
    strays = strays[byte_at(values, strays + 1, 0) != _LF]
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
