"""The life of a staged file: written once, then whole on the disk or gone."""

from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa

from etl_polyglot.engine.sinks.hashed_file import HashedFile
from etl_polyglot.engine.sinks.sink import Output


class StagedSink(ABC):
    """A sink whose file is removed when it was not finished.

    Parameters:
        path: the staged file.

    Raises:
        FileExistsError: something stands there.
    """

    def __init__(self, path: Path) -> None:
        self._file = HashedFile(path)
        self._finished = False
        self._rows = 0

    @abstractmethod
    def write(self, batch: pa.RecordBatch) -> None:
        """Take rows, in the order of the output."""

    @abstractmethod
    def _end(self) -> None:
        """Write all that is still to be written."""

    def finish(self) -> Output:
        """Write what is left, and flush the file to the disk."""
        self._end()
        self._file.sync()
        self._finished = True
        return Output(self._rows, self._file.size, self._file.sha256)

    def abandon(self) -> None:
        """Give up and remove the file; doing so twice does nothing."""
        self._file.remove()

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
