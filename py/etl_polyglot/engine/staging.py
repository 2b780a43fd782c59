"""Rows laid aside between two passes over them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import duckdb
import numpy as np
import pyarrow as pa

from etl_polyglot.engine.errors import resource_error
from etl_polyglot.engine.rows import Ordinals
from etl_polyglot.schema.arrow import concat_batches


class OrderedRows(Protocol):
    """Rows that follow each other in the order of the source.

    Attributes:
        rows: how many there are.
        first_row: the place of the first among all rows.
        columns: what they have.
    """

    @property
    def rows(self) -> int: ...
    @property
    def first_row(self) -> int: ...
    @property
    def columns(self) -> pa.Schema: ...

    def read(self, names: Sequence[str] | None = None) -> pa.RecordBatch:
        """Return the rows, in the named columns or in all."""


@dataclass(frozen=True, slots=True)
class HeldRows:
    """Rows in memory."""

    batch: pa.RecordBatch
    first_row: int

    @property
    def rows(self) -> int:
        """How many there are."""
        return self.batch.num_rows

    @property
    def columns(self) -> pa.Schema:
        """What they have."""
        return self.batch.schema

    def read(self, names: Sequence[str] | None = None) -> pa.RecordBatch:
        """Return the rows, in the named columns or in all."""
        return self.batch if names is None else self.batch.select(list(names))


@dataclass(frozen=True, slots=True)
class StagedRows:
    """The rows of one chunk, laid aside in a file.

    Attributes:
        origin: the source's chunk, forgotten.
        first_index: the index in the source of the chunk's first record.
        path: an Arrow IPC file of the rows; its last column has their records' places in the
            chunk.
        rows: how many there are.
        first_row: the place of the first among all staged rows.
        columns: what they have.
    """

    origin: Any
    first_index: int
    path: Path
    rows: int
    first_row: int
    columns: pa.Schema

    def read(self, names: Sequence[str] | None = None) -> pa.RecordBatch:
        """Read the rows back, in the named columns or in all; no other column is read."""
        return self._read([self.columns.names.index(name) for name in self._named(names)]).select(
            self._named(names)
        )

    def read_records(self) -> Ordinals:
        """Read the places of the rows' records in the chunk."""
        places = self._read([len(self.columns)]).column(0)
        return places.to_numpy().astype(np.int64)

    def _named(self, names: Sequence[str] | None) -> list[str]:
        return list(self.columns.names if names is None else names)

    def _read(self, fields: list[int]) -> pa.RecordBatch:
        options = pa.ipc.IpcReadOptions(included_fields=fields)
        with pa.OSFile(str(self.path), "rb") as file:
            return pa.ipc.open_file(file, options=options).get_batch(0)


class Stager:
    """Lays rows aside between two passes, compressed with LZ4.

    Parameters:
        folder: where; its owner removes it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names = count()
        self._staged: list[StagedRows] = []

    def write(self, batches: Sequence[pa.RecordBatch], records: Ordinals) -> Path:
        """Lay the rows of one chunk aside; for any thread.

        Raises:
            JobError: `DISK_FULL`, naming the folder.
        """
        path = self._folder / f"{next(self._names)}.arrow"
        batch = concat_batches(batches).append_column("record", pa.array(records.astype(np.int32)))
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        with (
            filling(self._folder),
            pa.OSFile(str(path), "wb") as file,
            pa.ipc.new_file(file, batch.schema, options=options) as out,
        ):
            out.write_batch(batch)
        return path

    def add(self, path: Path, rows: int, columns: pa.Schema, origin: Any, first_index: int) -> None:
        """Remember a chunk that was laid aside; in source order."""
        last = self._staged[-1] if self._staged else None
        first_row = last.first_row + last.rows if last else 0
        self._staged.append(StagedRows(origin, first_index, path, rows, first_row, columns))

    def take(self) -> list[StagedRows]:
        """What was laid aside since this was last called."""
        staged, self._staged = self._staged, []
        return staged


@contextmanager
def filling(folder: Path) -> Iterator[None]:
    """Tell exhausted resources with the folder that was being written."""
    try:
        yield
    except (OSError, duckdb.Error) as error:
        told = resource_error(error, str(folder))
        if told is None:
            raise
        raise told from error
