"""Where queries over the whole data run: DuckDB with bounded memory and a folder to spill to."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

import duckdb

from etl_polyglot.engine.database import locked_database
from etl_polyglot.engine.staging import OrderedRows, filling

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

    Attributes:
        share: how much of the work is done, from 0 to 1; it never falls.
    """

    def __init__(
        self,
        folder: Path,
        memory_limit: int | None,
        threads: int,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self.check = check
        self.share = 0.0
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

    def each(self, parts: Sequence[OrderedRows], upto: float) -> Iterator[OrderedRows]:
        """Go through all rows, part by part.

        Parameters:
            parts: the rows.
            upto: the share of the work that is done when they are through.
        """
        began, done, rows = self.share, 0, max(sum(part.rows for part in parts), 1)
        for part in parts:
            self.check()
            yield part
            done += part.rows
            self.share = began + (upto - began) * done / rows

    @contextmanager
    def connected(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open a database in memory for queries.

        Raises:
            JobError: `DISK_FULL`, naming the folder, or `MEMORY_LIMIT`.
        """
        settings: dict[str, str | bool] = {
            "temp_directory": str(self._folder / "duckdb"),
            "preserve_insertion_order": False,  # no result goes by it, and it costs memory
        }
        if self._memory is not None:
            settings["memory_limit"] = f"{self._memory}B"
        with filling(self._folder), locked_database(self._threads, settings) as connection:
            self._connection = connection
            try:
                yield connection
            finally:
                self._connection = None

    def interrupt(self) -> None:
        """Make a running query end with an exception; does nothing when none runs."""
        connection = self._connection
        if connection is not None:
            with suppress(duckdb.ConnectionException):  # it has just ended
                connection.interrupt()
