"""Where queries over the whole data run: DuckDB with bounded memory and a folder to spill to."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

import duckdb

from etl_polyglot.engine.errors import JobError
from etl_polyglot.engine.staging import filling

_MIN_MEMORY = 48 * 1024 * 1024
"""With less DuckDB does not get far."""

_MEMORY_PER_THREAD = 32 * 1024 * 1024


class Workspace:
    """Runs one query at a time, and can end it from another thread.

    No other part of a job holds more than a chunk while a query runs, so DuckDB is given half
    of the job's memory; the rest is for the chunk that it is fed with, and for what the passes
    before have not yet given back.

    Parameters:
        folder: where DuckDB and results may lie; its owner removes it.
        memory_limit: bytes that the job may use; None: no bound.
        threads: DuckDB's threads; fewer run where the memory is small.
        check: called between the parts of the work; raises when the job has ended.
    """

    def __init__(
        self,
        folder: Path,
        memory_limit: int | None,
        threads: int,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self.check = check
        self._folder = folder
        self._memory = None if memory_limit is None else max(memory_limit // 2, _MIN_MEMORY)
        self._threads = threads
        if self._memory is not None:
            self._threads = max(min(threads, self._memory // _MEMORY_PER_THREAD), 1)
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._files = count()

    def new_file(self) -> Path:
        """A name for a file of results."""
        return self._folder / f"groups-{next(self._files)}.arrow"

    @contextmanager
    def connected(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open a database in memory for one query.

        Raises:
            JobError: `DISK_FULL`, naming the folder, or `MEMORY_LIMIT`; `JOB_FAILED` where a
                number is too large for its type.
        """
        settings = [
            ("temp_directory", str(self._folder / "duckdb")),
            *([] if self._memory is None else [("memory_limit", f"{self._memory}B")]),
            ("preserve_insertion_order", False),  # no result goes by it, and it costs memory
            ("enable_external_access", False),
            ("lock_configuration", True),
        ]
        with (
            filling(self._folder),
            duckdb.connect(config={"threads": self._threads}) as connection,
        ):
            # Settings before the lock: with external access off it refuses to move its folder.
            for setting, value in settings:
                connection.execute(f"SET {setting} = ?", [value])
            self._connection = connection
            try:
                yield connection
            except duckdb.OutOfRangeException as error:
                raise JobError("JOB_FAILED", {"reason": str(error)}) from error
            finally:
                self._connection = None

    def interrupt(self) -> None:
        """Make a running query end with an exception; does nothing when none runs."""
        connection = self._connection
        if connection is not None:
            with suppress(duckdb.ConnectionException):  # it has just ended
                connection.interrupt()
