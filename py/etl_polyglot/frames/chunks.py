"""Frames in chunks: slices of pandas frames, and Arrow record batches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

import pandas as pd
import pyarrow as pa

from etl_polyglot.frames.column import FrameColumn, arrow_column
from etl_polyglot.frames.pandas_columns import pandas_column
from etl_polyglot.schema.columnar.judged import Mask

Chunk: TypeAlias = pd.DataFrame | pa.RecordBatch

_FRAMES = (
    "a pandas.DataFrame, a pyarrow.Table, or what exports an Arrow stream of columns "
    "(a Polars DataFrame, a DuckDB relation)"
)


class FrameError(ValueError):
    """A frame whose columns cannot be a record's members; the message says what to do."""


def chunks_of(frame: Any, rows: int) -> Iterator[Chunk]:
    """Cut a frame into chunks of at most this many rows, in their order.

    Takes pandas frames, Arrow tables and record batches, and whatever exports an Arrow stream,
    which is read as it comes. Raises TypeError for anything else, FrameError where the columns
    have no names that members could have.
    """
    if isinstance(frame, pd.DataFrame):
        _check_names(frame.columns)
        return (frame.iloc[start : start + rows] for start in range(0, len(frame), rows))
    batches = _batches(frame)
    return (
        batch.slice(start, rows) for batch in batches for start in range(0, batch.num_rows, rows)
    )


def columns_of(chunk: Chunk, wanted: frozenset[str] | None) -> list[FrameColumn]:
    """Return a chunk's columns that are wanted; None wants all."""
    if isinstance(chunk, pd.DataFrame):
        return [
            pandas_column(name, chunk.iloc[:, position])
            for position, name in enumerate(map(str, chunk.columns))
            if wanted is None or name in wanted
        ]
    named = zip(chunk.schema.names, chunk.columns, strict=True)
    return [arrow_column(name, array) for name, array in named if wanted is None or name in wanted]


def selected(frame: Any, mask: Mask) -> Any:
    """Return some rows of a frame, as a frame of its type.

    Raises TypeError for a stream, whose rows are gone.
    """
    if isinstance(frame, pd.DataFrame):
        return frame.loc[mask]
    if isinstance(frame, pa.Table | pa.RecordBatch):
        return frame.filter(pa.array(mask))
    if type(frame).__module__.partition(".")[0] == "polars":
        return frame.filter(mask)
    raise TypeError(
        f"the rows of a {type(frame).__name__} are read once: validate a pyarrow.Table of them, "
        "or take the mask"
    )


def _batches(frame: Any) -> Iterable[pa.RecordBatch]:
    if isinstance(frame, pa.RecordBatch):
        names, batches = frame.schema.names, iter([frame])
    elif isinstance(frame, pa.Table):
        names, batches = frame.schema.names, iter(frame.to_batches())
    else:
        reader = _reader(frame)
        names, batches = reader.schema.names, iter(reader)
    _check_names(names)
    return batches


def _reader(frame: Any) -> pa.RecordBatchReader:
    try:
        return pa.RecordBatchReader.from_stream(frame)
    except TypeError as error:
        name = type(frame).__name__
        collected = "its .collect(), " if name == "LazyFrame" else ""
        raise TypeError(f"a {name} is no frame: give {collected}{_FRAMES}") from error
    except pa.ArrowInvalid as error:
        reason = f"Arrow reads no columns from a {type(frame).__name__} ({error})"
        raise TypeError(f"{reason}: give columns of Arrow's types, in {_FRAMES}") from error


def _check_names(names: Iterable[Any]) -> None:
    for name, count in Counter(names).items():
        if not isinstance(name, str):
            raise FrameError(
                f"the column {name!r} is not called by a string, as members of a record are: "
                "set frame.columns first, for several levels to joined names"
            )
        if count > 1:
            raise FrameError(
                f"{count} columns are called {name!r}, and a record has each member once: "
                "rename or drop all but one"
            )
