"""The three faces of a table: an Arrow table, a record batch, a pandas frame.

Nothing is copied on the way in: what a function sees lies where its caller put it, and is
read-only. Frames are Arrow-backed, so that every type and every null goes there and back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa

from etl_polyglot.schema.arrow import concat_batches, nulls


class MalformedStreamError(ValueError):
    """The bytes are no Arrow IPC stream."""


def open_table(stream: pa.Buffer) -> pa.Table:
    """Open an Arrow IPC stream; each of its batches is a chunk of the table.

    Raises:
        MalformedStreamError: it is not one, or its columns reach beyond it.
    """
    reader = _opened(stream)
    batches = list(_batches(reader))
    return pa.Table.from_batches(batches, reader.schema)


def _opened(stream: pa.Buffer) -> pa.RecordBatchReader:
    try:
        return pa.ipc.open_stream(stream)
    except (pa.ArrowException, OSError) as error:
        raise MalformedStreamError(str(error)) from error


def _batches(reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    try:
        for batch in reader:
            batch.validate()  # lengths and offsets; to look at every value would read them all
            yield batch
    except (pa.ArrowException, OSError) as error:
        raise MalformedStreamError(str(error)) from error


def to_frame(table: pa.Table) -> pd.DataFrame:
    """View a table as a frame, Arrow-backed, with a plain index."""
    return table.to_pandas(types_mapper=pd.ArrowDtype, ignore_metadata=True)


def from_frame(frame: pd.DataFrame) -> pa.Table:
    """View a frame as a table.

    Arrow-backed columns are taken as they are; others become what pandas makes of them, with
    NaN as null. An index without a name is dropped; one with a name, as `groupby` leaves it,
    becomes the first column.

    Raises:
        ValueError: two columns have one name.
        pa.ArrowException: a column has values that are no Arrow type's.
    """
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    table = pa.Table.from_pandas(frame, preserve_index=False)
    return table.replace_schema_metadata(None)


def _read_batch(stream: pa.Buffer) -> pa.RecordBatch:
    reader = _opened(stream)
    batches = list(_batches(reader))
    if batches:
        return concat_batches(batches)
    empty = [nulls(0, field.type) for field in reader.schema]
    return pa.RecordBatch.from_arrays(empty, schema=reader.schema)


def _read_tables(stream: pa.Buffer) -> Iterator[pa.Table]:
    yield open_table(stream)


def _read_frames(stream: pa.Buffer) -> Iterator[pd.DataFrame]:
    yield to_frame(open_table(stream))


@dataclass(frozen=True)
class TableType:
    """A type that an argument, or the items of a stream, may have.

    Attributes:
        name: what it is called in texts.
        read: opens the Arrow IPC stream of one argument.
        read_chunk: opens that of one chunk of a stream, which may be several items.
    """

    name: str
    read: Callable[[pa.Buffer], Any]
    read_chunk: Callable[[pa.Buffer], Iterator[Any]]


TABLE_TYPES: Mapping[Any, TableType] = {
    pa.Table: TableType("an Arrow table", open_table, _read_tables),
    pa.RecordBatch: TableType(
        "a record batch", _read_batch, lambda stream: _batches(_opened(stream))
    ),
    pd.DataFrame: TableType("a frame", lambda stream: to_frame(open_table(stream)), _read_frames),
}
"""By the class that annotations name."""


def as_arrow(value: object) -> pa.Table | pa.RecordBatch | None:
    """Return the table that a value is, as Arrow; None when it is none.

    Raises:
        ValueError, pa.ArrowException: a frame that no table can be made of.
    """
    if isinstance(value, pa.Table | pa.RecordBatch):
        return value
    return from_frame(value) if isinstance(value, pd.DataFrame) else None
