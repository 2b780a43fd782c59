"""A source file that is read by position and watched for changes."""

import io
import mmap
import os
import stat
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from etl_polyglot.engine.errors import JobError

_JUDGED = {"INPUT_CORRUPT", "COLUMNS_MISMATCH", "VALIDATION_FAILED", "TOO_MANY_REJECTS"}
"""Failures that say what the source is like, which is not known of one that has changed."""

_BLOCK_BYTES = 4 * 1024 * 1024
"""What a stream reads without asking whether the job has ended."""


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

    def read_into(self, part: memoryview, start: int) -> int:
        """Fill a part of memory from `start` on; gives how many bytes that were, 0 at the end."""
        return os.preadv(self._fd, [part], start)

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

    It ends early where the file was cut off, or when the job has ended, and raises nothing:
    Arrow never lets go of an exception that a stream raised. Closing it leaves the source file
    open.

    Parameters:
        file: the source file.
        most_bytes: what is longer is mapped and not read, so that it takes no memory; None: all
            is read.

    Attributes:
        ended: whether the job has ended; asked by any thread.
    """

    def __init__(self, file: SourceFile, most_bytes: int | None = None) -> None:
        self._file = file
        self._most_bytes = file.size if most_bytes is None else most_bytes
        self._at = 0
        self.ended: Callable[[], bool] = lambda: False

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

    def read(self, size: int = -1) -> Any:
        """Read so many bytes, or those that are left."""
        left = max(self._file.size - self._at, 0)
        size = left if size < 0 else min(size, left)
        data: Any = self._read(size) if size <= self._most_bytes else self._part(size)
        self._at += len(data)
        return data

    def _read(self, size: int) -> bytearray:
        data, done = bytearray(size), 0
        with memoryview(data) as whole:
            while done < size and not self.ended():
                part = whole[done : done + _BLOCK_BYTES]
                count = self._file.read_into(part, self._at + done)
                if count == 0:
                    break
                done += count
        return data[:done] if done < size else data

    def _part(self, size: int) -> memoryview:
        try:
            return self._mapped[self._at : self._at + size]
        except ValueError:  # the file was cut off, so that there is less than was to be mapped
            return memoryview(b"")

    @cached_property
    def _mapped(self) -> memoryview:
        return memoryview(self._file.map())
