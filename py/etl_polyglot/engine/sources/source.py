"""What the engine asks of a source format; each format is one small module beside this one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, TypeVar

import pyarrow as pa

from etl_polyglot.engine.file import SourceFile
from etl_polyglot.engine.rows import Locator, Ordinals, Rows
from etl_polyglot.schema.arrow import Array
from etl_polyglot.schema.record import RecordSchema
from etl_polyglot.schema.validator import BatchValidator


@dataclass(frozen=True, slots=True)
class SourceRequest:
    """How a job wants its source read.

    Attributes:
        file: the open source.
        schema: the record schema; None only for typed formats.
        validated: whether a validate step follows somewhere.
        delimiter: of CSV; None to detect it.
        null_values: of CSV: unquoted fields that mean an absent value.
        chunk_bytes: the size that chunks of text aim at.
    """

    file: SourceFile
    schema: RecordSchema | None
    validated: bool
    delimiter: str | None
    null_values: tuple[str, ...]
    chunk_bytes: int

    def judge(self) -> BatchValidator | None:
        """What judges a row that could not be cast by its other columns; None: nothing does."""
        if self.schema is None or not self.validated:
            return None
        return BatchValidator(self.schema)

    @property
    def source_name(self) -> str:
        """What the job's user calls the source; for messages only, it need not be its path."""
        return self.file.name


class AnyChunk(Protocol):
    """A unit of reading; its `end` says how many bytes of the source lie behind it."""

    @property
    def end(self) -> int: ...


ChunkT = TypeVar("ChunkT", bound=AnyChunk)


class Source(Protocol[ChunkT]):
    """A format's way from the bytes of a file to rows in the columns of the schema."""

    columns: pa.Schema
    """The columns of every batch that `read` gives."""

    def chunks(self) -> Iterator[ChunkT]:
        """Cut the source, in its order; cheap, for one thread.

        Raises:
            JobError: `INPUT_CORRUPT` when the source is not of this format.
        """

    def read(self, chunk: ChunkT) -> Rows:
        """Read and cast one chunk; costly, for any thread, whatever the order."""

    def forget(self, chunk: ChunkT) -> ChunkT:
        """The chunk without its content, to be kept for `locator`."""

    def locator(self, chunk: ChunkT) -> Locator:
        """Describe the records of a chunk, which may have been forgotten."""


@dataclass
class LazyLocator:
    """A locator that is made when the first record is to be described."""

    make: Callable[[], Locator]

    @cached_property
    def _locator(self) -> Locator:
        return self.make()

    def describe(self, records: Ordinals) -> Array:
        """Return for each record its position, and its raw text where it has one."""
        return self._locator.describe(records)
