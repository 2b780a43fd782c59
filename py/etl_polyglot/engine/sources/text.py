"""What the text formats share: chunks whose records lie at byte offsets."""

from abc import ABC, abstractmethod
from dataclasses import replace

import numpy as np

from etl_polyglot.engine.chunks import MAX_RECORD_BYTES, recall
from etl_polyglot.engine.file import SourceFile
from etl_polyglot.engine.records import Chunk, Records, TextLocator
from etl_polyglot.engine.rows import Locator
from etl_polyglot.engine.sources.source import LazyLocator, SourceRequest
from etl_polyglot.schema.record import RecordSchema

_BOM = b"\xef\xbb\xbf"


def after_bom(file: SourceFile) -> int:
    """The offset at which the text of a file begins: after its byte order mark, if it has one."""
    return len(_BOM) if file.read(0, min(len(_BOM), file.size)) == _BOM else 0


class TextSource(ABC):
    """A source whose records are described by line, byte offset and raw text.

    Parameters:
        request: how the job wants it read.
        schema: the record schema.
        max_record_bytes: longer records are rejected.
    """

    def __init__(
        self,
        request: SourceRequest,
        schema: RecordSchema,
        max_record_bytes: int = MAX_RECORD_BYTES,
    ) -> None:
        self._request = request
        self._schema = schema
        self._max_record_bytes = max_record_bytes

    @abstractmethod
    def find_records(self, chunk: Chunk) -> Records:
        """Find the records of a chunk that is not oversized."""

    def forget(self, chunk: Chunk) -> Chunk:
        """The chunk without its bytes."""
        return replace(chunk, data=b"", records=None)

    def locator(self, chunk: Chunk) -> Locator:
        """Describe records by line, byte offset and raw text."""

        def make() -> TextLocator:
            whole = chunk if chunk.data else recall(self._request.file, chunk)
            return TextLocator(whole, self._records(whole))

        return LazyLocator(make)

    def _records(self, chunk: Chunk) -> Records:
        if chunk.oversized:
            return Records(np.zeros(1, np.int64), np.array([len(chunk.data)]))
        return self.find_records(chunk)
