"""Deduplication of the whole data, larger than memory, the first of equals by source order."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from etl_polyglot.engine.errors import resource_error
from etl_polyglot.engine.rows import Ordinals
from etl_polyglot.engine.spec import JobSpec
from etl_polyglot.engine.transforms.first_of_key import (
    KEYS,
    first_of_key_query,
    key_batch,
    keys_schema,
)

_SURVIVORS = "survivors"
_READ_ROWS = 65_536
_MIN_DUCKDB_MEMORY = 128 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class StagedChunk:
    """The rows of one chunk, laid aside in a file.

    Attributes:
        origin: the source's chunk, forgotten.
        first_index: the index in the source of the chunk's first record.
        path: an Arrow IPC file of the rows; its last column has their places in the chunk.
        rows: how many there are.
        first_row: the place of the first among all staged rows.
    """

    origin: Any
    first_index: int
    path: Path
    rows: int
    first_row: int

    def read(self) -> tuple[pa.RecordBatch, Ordinals]:
        """Read the rows back, with their places in the chunk."""
        with pa.OSFile(str(self.path), "rb") as file:
            batch = pa.ipc.open_file(file).get_batch(0)
        places = batch.num_columns - 1
        records = batch.column(places).to_numpy().astype(np.int64)
        return batch.select(list(range(places))), records

    def column_names(self) -> list[str]:
        """The names of the columns."""
        with pa.OSFile(str(self.path), "rb") as file:
            return pa.ipc.open_file(file).schema.names[:-1]

    def read_columns(self, names: Sequence[str]) -> pa.RecordBatch:
        """Read some of the columns back."""
        with pa.OSFile(str(self.path), "rb") as file:
            found = pa.ipc.open_file(file).schema.names
            fields = [found.index(name) for name in names]
            options = pa.ipc.IpcReadOptions(included_fields=fields)
            return pa.ipc.open_file(file, options=options).get_batch(0).select(names)


class Stager:
    """Lays rows aside between two passes, compressed with LZ4.

    Parameters:
        folder: where; its owner removes it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names = count()
        self._chunks: list[StagedChunk] = []

    def write(self, batches: Sequence[pa.RecordBatch], records: Ordinals) -> Path:
        """Lay the rows of one chunk aside; for any thread.

        Raises:
            JobError: `DISK_FULL`, naming the folder.
        """
        path = self._folder / f"{next(self._names)}.arrow"
        concat: Any = pa.concat_batches  # type: ignore[attr-defined]  # missing in the stubs
        batch = concat(batches).append_column("record", pa.array(records.astype(np.int32)))
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        with (
            _spilling(self._folder),
            pa.OSFile(str(path), "wb") as file,
            pa.ipc.new_file(file, batch.schema, options=options) as out,
        ):
            out.write_batch(batch)
        return path

    def add(self, path: Path, rows: int, origin: Any, first_index: int) -> None:
        """Remember a chunk that was laid aside; in source order."""
        first_row = self._chunks[-1].first_row + self._chunks[-1].rows if self._chunks else 0
        self._chunks.append(StagedChunk(origin, first_index, path, rows, first_row))

    def take(self) -> list[StagedChunk]:
        """The chunks laid aside since this was last called."""
        chunks, self._chunks = self._chunks, []
        return chunks

    def deduplication(
        self, key: Sequence[str], spec: JobSpec, check: Callable[[], None]
    ) -> "Deduplication":
        """Prepare to find duplicates among the chunks laid aside."""
        memory = max(spec.memory_limit // 2, _MIN_DUCKDB_MEMORY)
        return Deduplication(self._chunks, key, self._folder, memory, spec.threads, check)


class Deduplication:
    """Finds which staged rows are the first of their key.

    Rows are compared by the key columns alone; the survivors' sequence numbers lie sorted in
    a file, so that memory does not grow with the data.

    Parameters:
        chunks: the staged chunks, in source order.
        key: the key columns; empty compares whole records. A row with a null in its key is
            never a duplicate; in whole records an absent value equals an absent one.
        folder: where DuckDB and the survivors may lie.
        memory_limit: bytes that DuckDB may use before it spills.
        threads: DuckDB's threads.
        check: called between chunks; raises when the job has ended.
    """

    def __init__(
        self,
        chunks: Sequence[StagedChunk],
        key: Sequence[str],
        folder: Path,
        memory_limit: int,
        threads: int,
        check: Callable[[], None],
    ) -> None:
        self._chunks = list(chunks)
        self._key = list(key)
        self._folder = folder
        self._memory_limit = memory_limit
        self._threads = threads
        self._survivors: npt.NDArray[np.int64] = np.empty(0, np.int64)
        self._check = check
        self._connection: duckdb.DuckDBPyConnection | None = None

    def find(self) -> None:
        """Find the survivors; runs long, and ends with an exception after `interrupt`.

        Raises:
            JobError: `DISK_FULL`, naming the folder, or `MEMORY_LIMIT`.
        """
        if not self._chunks:
            return
        with _spilling(self._folder), self._connected() as connection:
            self._find(connection)
        path = self._folder / _SURVIVORS
        if path.stat().st_size:
            self._survivors = np.memmap(path, np.int64, "r")

    @contextmanager
    def _connected(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with duckdb.connect(config={"threads": self._threads}) as connection:
            # Settings before the lock: with external access off it refuses to move its folder.
            for setting, value in (
                ("temp_directory", str(self._folder / "duckdb")),
                ("memory_limit", f"{self._memory_limit}B"),
                ("enable_external_access", False),
                ("lock_configuration", True),
            ):
                connection.execute(f"SET {setting} = ?", [value])
            self._connection = connection
            yield connection

    def _find(self, connection: duckdb.DuckDBPyConnection) -> None:
        compared = self._key or self._chunks[0].column_names()
        schema = keys_schema(self._chunks[0].read_columns(compared).schema.types)
        reader = pa.RecordBatchReader.from_batches(schema, self._keys(compared, schema))
        connection.register(KEYS, reader)
        query = first_of_key_query(schema)
        with (self._folder / _SURVIVORS).open("wb") as file:
            for batch in connection.sql(query).to_arrow_reader(_READ_ROWS):
                self._check()
                file.write(np.ascontiguousarray(batch.column(0).to_numpy()).data)

    def interrupt(self) -> None:
        """Make a running `find` end; does nothing when none runs."""
        if self._connection is not None:
            with suppress(duckdb.ConnectionException):  # it has just ended
                self._connection.interrupt()

    def survivors(self, staged: StagedChunk, batch: pa.RecordBatch) -> npt.NDArray[np.bool_]:
        """Which rows of a staged chunk stay."""
        bounds = [staged.first_row, staged.first_row + staged.rows]
        low, high = np.searchsorted(self._survivors, bounds)
        stays = np.zeros(staged.rows, bool)
        stays[self._survivors[low:high] - staged.first_row] = True
        for name in self._key:
            stays |= np.asarray(batch.column(name).is_null())
        return stays

    def _keys(self, compared: Sequence[str], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        for staged in self._chunks:
            self._check()
            columns = staged.read_columns(compared).columns
            yield key_batch(columns, staged.first_row, schema, not self._key)


@contextmanager
def _spilling(folder: Path) -> Iterator[None]:
    """Tell exhausted resources with the folder that was being written."""
    try:
        yield
    except (OSError, duckdb.Error) as error:
        told = resource_error(error, str(folder))
        if told is None:
            raise
        raise told from error
