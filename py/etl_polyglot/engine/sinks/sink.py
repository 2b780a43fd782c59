"""What the engine asks of a target format; each format is one small module beside this one."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from etl_polyglot.schema.record import Column


@dataclass(frozen=True, slots=True)
class SinkRequest:
    """How a job wants its rows written.

    Attributes:
        path: the staged file; publishing it is the caller's.
        name: what the job's user calls the target.
        columns: the columns of every batch.
        described: the columns of the record schema whose values stand in them, by name.
    """

    path: Path
    name: str
    columns: pa.Schema
    described: Mapping[str, Column]


@dataclass(frozen=True, slots=True)
class Output:
    """What a sink wrote."""

    rows: int
    bytes: int
    sha256: str

    def to_json(self) -> dict[str, Any]:
        """The `output` member of a job's result."""
        return {"rows": self.rows, "bytes": self.bytes, "sha256": self.sha256}


class Sink(Protocol):
    """A format's way from rows to one staged file.

    The bytes depend on the rows and their order only, not on the batches in which they come.
    """

    def write(self, batch: pa.RecordBatch) -> None:
        """Take rows, in the order of the output."""

    def finish(self) -> Output:
        """Write what is left, and flush the file to the disk."""

    def abandon(self) -> None:
        """Give up and remove the file; doing so twice does nothing."""
