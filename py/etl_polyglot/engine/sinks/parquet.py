"""The Parquet sink: one file, written once, the same bytes for the same rows."""

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

ROW_GROUP_ROWS = 131_072


@dataclass(frozen=True, slots=True)
class Output:
    """What a sink wrote."""

    rows: int
    bytes: int
    sha256: str

    def to_json(self) -> dict[str, Any]:
        """The `output` member of a job's result."""
        return {"rows": self.rows, "bytes": self.bytes, "sha256": self.sha256}


class ParquetSink:
    """Writes zstd Parquet in row groups of a fixed size.

    The bytes depend on the rows and their order only, not on the batches in which they come.
    A file that was not finished is removed.

    Parameters:
        path: the staged file; publishing it is the caller's.
        columns: the columns of every batch.
    """

    def __init__(self, path: Path, columns: pa.Schema) -> None:
        self._columns = columns
        self._file = _HashedFile(path)
        self._finished = False
        target: Any = self._file
        try:
            self._writer = pq.ParquetWriter(
                pa.PythonFile(target, mode="w"), columns, compression="zstd"
            )
        except BaseException:
            self._file.remove()
            raise
        self._waiting: list[pa.RecordBatch] = []
        self._waiting_rows = 0
        self._rows = 0

    def write(self, batch: pa.RecordBatch) -> None:
        """Take rows; they reach the file when a row group is full."""
        self._waiting.append(batch)
        self._waiting_rows += batch.num_rows
        while self._waiting_rows >= ROW_GROUP_ROWS:
            self._write_group(ROW_GROUP_ROWS)

    def finish(self) -> Output:
        """Write what waits and the footer, and flush the file to the disk."""
        if self._waiting_rows:
            self._write_group(self._waiting_rows)
        self._writer.close()
        self._file.sync()
        self._finished = True
        return Output(self._rows, self._file.size, self._file.sha256)

    def abandon(self) -> None:
        """Give up and remove the file; doing so twice does nothing."""
        self._waiting = []
        self._file.remove()
        self._writer.close()

    def _write_group(self, rows: int) -> None:
        table = pa.Table.from_batches(self._waiting, self._columns)
        # In one piece: the writer's pages would else end where the batches do.
        self._writer.write_table(table.slice(0, rows).combine_chunks(), row_group_size=rows)
        rest = table.slice(rows)
        self._waiting = rest.to_batches()
        self._waiting_rows = rest.num_rows
        self._rows += rows

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if not self._finished or error is not None:
            self.abandon()


class _HashedFile:
    """A file for pyarrow to write to, which hashes what passes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("wb", buffering=1024 * 1024)
        self._hash = hashlib.sha256()
        self._removed = False
        self.size = 0
        self.closed = False

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def write(self, data: bytes) -> int:
        # A writer of pyarrow writes its footer even when it is only let go.
        if not self._removed:
            self._file.write(data)
            self._hash.update(data)
        self.size += len(data)
        return len(data)

    def tell(self) -> int:
        return self.size

    def flush(self) -> None:
        """Nothing to do before `sync`."""

    def close(self) -> None:
        """Called by pyarrow after the footer; `sync` closes in truth."""
        self.closed = True

    def sync(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def remove(self) -> None:
        if self._removed:
            return
        self._removed = True
        self._path.unlink(missing_ok=True)
        # What is still buffered does not fit on a full disk, and is not wanted any more.
        with suppress(OSError):
            self._file.close()
