"""JSON: one array of values, of any size, read value by value."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from etl_polyglot.engine import chunks
from etl_polyglot.engine.chunks import Boundary, count_lines, cut_chunks, recall
from etl_polyglot.engine.errors import JobError
from etl_polyglot.engine.json_marks import BLOCK_BYTES, CLOSING_BRACKET
from etl_polyglot.engine.records import Chunk, Records
from etl_polyglot.engine.sources.json_array import value_end, value_ends
from etl_polyglot.engine.sources.json_rows import JsonRowsSource
from etl_polyglot.engine.sources.text import text_start
from etl_polyglot.engine.stop import checkpoint

_SPACE = b" \t\r\n"


class JsonSource(JsonRowsSource):
    """A file that holds one JSON array, in UTF-8.

    The array is never parsed as a whole: its values are found by the brackets and commas
    outside strings, a chunk at a time. A value that is no JSON, or longer than a record may be,
    is rejected alone, as long as its brackets and quotes are in balance; otherwise the end of
    the array cannot be found.
    """

    def chunks(self) -> Iterator[Chunk]:
        """Cut the array between its values.

        Raises:
            JobError: `INPUT_CORRUPT` when the file is not one array; it says where.
        """
        self._at, self._line = self._enter_array()
        self._known = self._at, self._line
        self._closed = False
        for chunk in cut_chunks(
            self._request.file,
            self._at,
            self._line,
            self._find_boundary,
            self._request.chunk_bytes,
            self._max_record_bytes,
            self._find_end,
        ):
            yield self._without_space(chunk) if chunk.oversized else chunk
            self._at, self._known = chunk.end, (chunk.start, chunk.first_line)
        if not self._closed:
            raise self._endless(self._at)

    def find_records(self, chunk: Chunk) -> Records:
        """Find the values of a chunk, without the white space around them."""
        data = chunk.data
        commas, close = value_ends(data)
        ends = commas if close is None else np.append(commas, close)
        starts = np.concatenate([np.zeros(1, np.int64), ends + 1])[: len(ends)]
        spans = [_trimmed(data, s, e) for s, e in zip(starts.tolist(), ends.tolist(), strict=True)]
        empty = len(spans) == 1 and spans[0][0] == spans[0][1]
        if empty and chunk.number == 0 and close is not None:
            spans = []
        extents = np.array(spans, np.int64).reshape(-1, 2)
        return Records(extents[:, 0], extents[:, 1])

    def _enter_array(self) -> tuple[int, int]:
        file = self._request.file
        self._at, self._known = 0, (0, 1)
        begin = text_start(file, "JSON")
        head = file.read(begin, min(file.size, begin + BLOCK_BYTES))
        body = head.lstrip(_SPACE)
        start = begin + len(head) - len(body)
        if not body.startswith(b"["):
            reason = "it is not an array of values, which must begin with ["
            if body.startswith(b"{"):
                reason += "; objects one a line are read as ndjson"
            raise self._corrupt(reason, start)
        return start + 1, 1 + head.count(b"\n", 0, start - begin)

    def _find_boundary(self, window: bytes, at_end: bool) -> Boundary | None:
        if self._closed:
            self._expect_nothing(window, 0)
            return Boundary(len(window))
        commas, close = value_ends(window, chunks.CHUNK_RECORDS)
        if len(commas) >= chunks.CHUNK_RECORDS:
            return Boundary(int(commas[chunks.CHUNK_RECORDS - 1]) + 1)
        if close is not None:
            self._close(window[close], self._at + close)
            self._expect_nothing(window, close + 1)
            return Boundary(len(window))
        last = int(commas[-1]) + 1 if len(commas) else 0
        if at_end:
            raise self._endless(self._at + _trimmed(window, last, len(window))[0])
        return Boundary(last) if last else None

    def _find_end(self, start: int, reached: int) -> tuple[int, int]:
        end = value_end(self._request.file, start)
        if end is None:
            raise self._endless(start)
        mark = self._request.file.read(end, end + 1)
        if mark != b",":
            self._close(mark[0], end)
        return end + 1, self._lines(reached, end + 1)

    def _without_space(self, chunk: Chunk) -> Chunk:
        """A chunk of one value that seemed too long, from the beginning of the value on."""
        file, start, end = self._request.file, chunk.start, chunk.end - 1
        while start < end:
            checkpoint()
            head = file.read(start, min(start + BLOCK_BYTES, end))
            start += len(head) - len(head.lstrip(_SPACE))
            if head.strip(_SPACE):
                break
        tail = file.read(max(start, end - BLOCK_BYTES), end)
        end -= len(tail) - len(tail.rstrip(_SPACE))
        line = chunk.first_line + self._lines(chunk.start, start)
        if end - start > self._max_record_bytes:
            return recall(file, replace(chunk, start=start, end=end, first_line=line))
        # It is short between much white space; what ends it is needed to find it again.
        return recall(file, replace(chunk, start=start, first_line=line, oversized=False))

    def _close(self, mark: int, at: int) -> None:
        if mark != CLOSING_BRACKET:
            raise self._corrupt("a } closes the array", at)
        self._closed = True

    def _expect_nothing(self, window: bytes, at: int) -> None:
        rest, _ = _trimmed(window, at, len(window))
        if rest < len(window):
            raise self._corrupt("something follows after the end of the array", self._at + rest)

    def _endless(self, at: int) -> JobError:
        reason = "the array does not end: the file is cut off, or brackets or quotes of its last "
        return self._corrupt(reason + "value are not in balance, which begins here", at)

    def _corrupt(self, reason: str, at: int) -> JobError:
        known, line = self._known
        place = f"line {line + self._lines(known, at)}, byte {at}"
        details = {"path": self._request.source_name, "format": "JSON"}
        return JobError("INPUT_CORRUPT", {**details, "reason": f"{reason} ({place})"})

    def _lines(self, start: int, end: int) -> int:
        count = 0
        for at in range(start, end, BLOCK_BYTES):
            checkpoint()
            count += count_lines(self._request.file.read(at, min(at + BLOCK_BYTES, end)))
        return count


def _trimmed(data: bytes, start: int, end: int) -> tuple[int, int]:
    text = data[start:end]
    inner = text.lstrip(_SPACE)
    return end - len(inner), start + len(text.rstrip(_SPACE)) if inner else end
