"""A source file that is read by position and watched for changes."""

import io
import mmap
import os
import stat
from pathlib import Path
from types import TracebackType
from typing import Self

from etl_polyglot.engine.errors import JobError

_JUDGED = {"INPUT_CORRUPT", "COLUMNS_MISMATCH", "VALIDATION_FAILED", "TOO_MANY_REJECTS"}
"""Failures that say what the source is like, which is not known of one that has changed."""


class SourceFile:
    """An open regular file, read with `pread` by any number of threads.

    As a context it raises `SOURCE_CHANGED` in place of a verdict on what changed meanwhile.

    What can be read is not mapped: a mapped file that another process truncates kills
    the reader with SIGBUS, while a short read is an error that can be told.

    Parameters:
        path: the file.
        name: what errors and rejects call it.

    Raises:
        JobError: `SOURCE_MISSING` when it cannot be opened or is no regular file,
            `EMPTY_SOURCE` when it has 0 bytes.
    """

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        try:
            # Without O_NONBLOCK the opening of a FIFO would wait for its writer.
            self._fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError as error:
            reason = error.strerror or str(error)
            raise JobError("SOURCE_MISSING", {"path": name, "reason": reason}) from error
        try:
            self._opened = os.fstat(self._fd)
            if not stat.S_ISREG(self._opened.st_mode):
                reason = "it is not a regular file"
                raise JobError("SOURCE_MISSING", {"path": name, "reason": reason})
            if self._opened.st_size == 0:
                raise JobError("EMPTY_SOURCE", {"path": name})
        except JobError:
            os.close(self._fd)
            raise
        self.size = self._opened.st_size

    def read(self, start: int, end: int) -> bytes:
        """Read the bytes from `start` up to `end`.

        Raises:
            JobError: `SOURCE_CHANGED` when the file has become shorter.
        """
        data = self.read_some(start, end)
        if len(data) < end - start:
            raise self.changed()
        return data

    def read_some(self, start: int, end: int) -> bytes:
        """Read the bytes from `start` up to `end`, or to where the file ends by now."""
        data = os.pread(self._fd, end - start, start)
        while len(data) < end - start:
            more = os.pread(self._fd, end - start - len(data), start + len(data))
            if not more:
                break
            data += more
        return data

    def map(self) -> mmap.mmap:
        """Map the file, for a format whose parts may be larger than the memory."""
        return mmap.mmap(self._fd, self.size, access=mmap.ACCESS_READ)

    def check_unchanged(self) -> None:
        """Raise `SOURCE_CHANGED` when size or modification time differ from the opening."""
        now = os.fstat(self._fd)
        if (now.st_size, now.st_mtime_ns) != (self._opened.st_size, self._opened.st_mtime_ns):
            raise self.changed()

    def changed(self) -> JobError:
        """The error that says that the file changed under the job."""
        return JobError("SOURCE_CHANGED", {"path": self.name})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if isinstance(error, JobError) and error.code in _JUDGED:
                self.check_unchanged()
        finally:
            os.close(self._fd)


class SourceStream(io.RawIOBase):
    """A source file with a position of its own, for libraries that read file objects.

    It ends early where the file was cut off, and raises nothing: Arrow never lets go of an
    exception that a stream raised. Closing it leaves the source file open.
    """

    def __init__(self, file: SourceFile) -> None:
        self._file = file
        self._at = 0

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """It can be read anywhere."""
        return True

    def tell(self) -> int:
        """The position of the next byte."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a position, counted from the start, from here, or from the end."""
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._file.size}[whence]
        self._at = origin + offset
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Read so many bytes, or those that are left."""
        end = self._file.size if size < 0 else min(self._at + size, self._file.size)
        data = self._file.read_some(self._at, max(self._at, end))
        self._at += len(data)
        return data
