"""Several tables in one body: Arrow IPC streams one behind the other, where arrays may lie."""

from collections.abc import Mapping

import pyarrow as pa

from etl_polyglot.generated.protocol import SLOT_ALIGNMENT_BYTES
from etl_polyglot.worker.body import Body, body_bytes, write_body

Range = tuple[int, int]
"""Where a stream lies in a body: its offset and its length."""


def packed(
    tables: Mapping[str, pa.Table | pa.RecordBatch],
) -> tuple[dict[str, Range], Body | None]:
    """Lay tables out as one body.

    Returns:
        Where each lies, and the body. A table that is alone is the body itself, which is then
        written right where it is read.
    """
    ranges: dict[str, Range] = {}
    end = 0
    for name, table in tables.items():
        start = -(-end // SLOT_ALIGNMENT_BYTES) * SLOT_ALIGNMENT_BYTES
        ranges[name] = (start, body_bytes(table))
        end = sum(ranges[name])
    if len(tables) < 2:
        return ranges, next(iter(tables.values()), None)
    body = pa.allocate_buffer(end)
    for name, (start, length) in ranges.items():
        write_body(tables[name], pa.py_buffer(memoryview(body)[start : start + length]))
    return ranges, body


def unpacked(body: pa.Buffer | None, ranges: Mapping[str, Range]) -> dict[str, pa.Buffer]:
    """Return the stream of each table of a body, uncopied.

    Raises:
        ValueError: a range lies outside the body, or begins where no array may lie.
    """
    size = 0 if body is None else body.size
    streams: dict[str, pa.Buffer] = {}
    for name, (start, length) in ranges.items():
        if body is None or start < 0 or length < 0 or start + length > size:
            raise ValueError(f"table {name} at {start}+{length} lies outside a body of {size}")
        if start % SLOT_ALIGNMENT_BYTES:
            raise ValueError(f"table {name} begins at {start}, between two places for arrays")
        streams[name] = body.slice(start, length)
    return streams
