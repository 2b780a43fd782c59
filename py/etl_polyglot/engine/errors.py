"""The one error with which a job ends early."""

import errno
from collections.abc import Mapping
from typing import Any

import duckdb
import pyarrow as pa

from etl_polyglot.generated.errors import ERRORS

_NO_SPACE = {errno.ENOSPC, errno.EDQUOT}
# The limit of DuckDB's spill is the space on its disk: one that is full it reports as memory.
_DUCKDB_NO_SPACE = ("No space left", "max_temp_directory_size")
# Of an error that ends the reading of a result, Arrow keeps no more than the text.
_DUCKDB_NO_MEMORY = "Out of Memory Error: "
# What Arrow adds where Python failed that it called, before the stack.
_ARROW_STACK = ". Detail: Python exception: "


class _Named(dict[str, Any]):
    """The values that a text names; what is missing is a question mark."""

    def __missing__(self, name: str) -> str:
        return "?"


class JobError(Exception):
    """A job failed for a reason that `shared-schemas/wire/errors.json` lists.

    Attributes:
        code: the stable code of the table.
        details: the parameters of the code's text, such as `path` or `reason`.
        counts: the job's counts as far as it read, with `written` 0; filled in by `run_job`.
    """

    def __init__(self, code: str, details: Mapping[str, Any]) -> None:
        super().__init__(ERRORS[code]["detail"].format_map(_Named(details)))
        self.code = code
        self.details: dict[str, Any] = dict(details)
        self.counts: dict[str, int] = {}


def resource_error(error: BaseException, path: str) -> JobError | None:
    """Say which exhausted resource an exception of a library stands for.

    Parameters:
        error: what a file, Arrow or DuckDB raised.
        path: the file or folder that was being written, for the message.

    Returns:
        `DISK_FULL` or `MEMORY_LIMIT`, or None when the exception means something else.
    """
    if isinstance(error, OSError) and error.errno in _NO_SPACE:
        return JobError("DISK_FULL", {"path": error.filename or path})
    told = isinstance(error, OSError | duckdb.Error | pa.ArrowException)
    if told and any(sign in str(error) for sign in _DUCKDB_NO_SPACE):
        return JobError("DISK_FULL", {"path": path})
    if isinstance(error, MemoryError | pa.ArrowMemoryError | duckdb.OutOfMemoryException) or (
        told and _DUCKDB_NO_MEMORY in str(error)
    ):
        reason = first_line(error).rpartition(_DUCKDB_NO_MEMORY)[2]
        return JobError("MEMORY_LIMIT", {"reason": reason or "out of memory"})
    return None


def first_line(error: BaseException) -> str:
    """What a library says is wrong, without its advice and stack."""
    return str(error).strip().partition("\n")[0].partition(_ARROW_STACK)[0]
