"""What the text formats share: chunks whose records lie at byte offsets."""

import re
from abc import ABC, abstractmethod
from dataclasses import replace

import numpy as np

from etl_polyglot.engine.chunks import MAX_RECORD_BYTES, recall
from etl_polyglot.engine.errors import JobError
from etl_polyglot.engine.file import SourceFile
from etl_polyglot.engine.records import Chunk, Records, TextLocator
from etl_polyglot.engine.rows import Locator
from etl_polyglot.engine.sources.source import LazyLocator, SourceRequest
from etl_polyglot.schema.record import RecordSchema

_BOM = b"\xef\xbb\xbf"
_WIDE = re.compile(rb"\xff\xfe|\xfe\xff|\0\0\xfe\xff|[^\0]\0.\0|\0[^\0]\0|\0\0\0[^\0]", re.DOTALL)
"""How text in UTF-16 or UTF-32 begins, with a byte order mark or with a character of ASCII."""


def text_start(file: SourceFile, kind: str) -> int:
    """The offset at which the text of a file begins: after its byte order mark, if it has one.

    Parameters:
        file: the source.
        kind: what its format is called.

    Raises:
        JobError: `INPUT_CORRUPT` when the text is in UTF-16 or UTF-32.
    """
    head = file.read(0, min(4, file.size))
    if _WIDE.match(head):
        reason = "it is in UTF-16 or UTF-32; only UTF-8 is read, so convert it first"
        raise JobError("INPUT_CORRUPT", {"path": file.name, "format": kind, "reason": reason})
    return len(_BOM) if head.startswith(_BOM) else 0


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
