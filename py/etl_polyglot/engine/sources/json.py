"""JSON: one array of values, of any size, read value by value."""

from collections.abc import Iterator

import numpy as np

from etl_polyglot.engine import chunks
from etl_polyglot.engine.chunks import Boundary, cut_chunks
from etl_polyglot.engine.errors import JobError
from etl_polyglot.engine.records import Chunk, Positions, Records
from etl_polyglot.engine.sources.json_rows import JsonRowsSource
from etl_polyglot.engine.sources.text import after_bom

_SPACE = b" \t\r\n"
_QUOTE, _BACKSLASH, _COMMA, _CLOSE = 0x22, 0x5C, 0x2C, 0x5D
_STEPS = np.zeros(256, np.int8)
_STEPS[[ord("["), ord("{")]] = 1
_STEPS[[ord("]"), ord("}")]] = -1
_STRUCTURAL = _STEPS != 0
_STRUCTURAL[_COMMA] = True


class JsonSource(JsonRowsSource):
    """A file that holds one JSON array, in UTF-8.

    The array is never parsed as a whole: its values are found by the brackets and commas
    outside strings, a chunk at a time. A value that is no JSON is rejected alone, as long as
    its brackets and quotes are in balance; otherwise the end of the array cannot be found.
    """

    def chunks(self) -> Iterator[Chunk]:
        """Cut the array between its values.

        Raises:
            JobError: `INPUT_CORRUPT` when the file is not one array.
        """
        start, line = self._enter_array()
        self._closed = False
        file, end = self._request.file, start
        for chunk in cut_chunks(
            file,
            start,
            line,
            self._find_boundary,
            self._request.chunk_bytes,
            self._max_record_bytes,
        ):
            if chunk.oversized:
                raise self._corrupt(
                    f"a value at byte {chunk.start} has more than {self._max_record_bytes} bytes, "
                    "or its brackets or quotes are not in balance"
                )
            yield chunk
            end = chunk.end
        if not self._closed:
            raise self._corrupt(f"the array that begins before byte {start} does not end")
        assert end == file.size

    def find_records(self, chunk: Chunk) -> Records:
        """Find the values of a chunk, without the white space around them."""
        data = chunk.data
        commas, close = _value_ends(data)
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
        begin = after_bom(file)
        head = file.read(begin, min(file.size, begin + 1024 * 1024))
        body = head.lstrip(_SPACE)
        if not body.startswith(b"["):
            raise self._corrupt("it is not an array of values; it must begin with [")
        start = len(head) - len(body) + 1
        return begin + start, 1 + head.count(b"\n", 0, start)

    def _find_boundary(self, window: bytes, at_end: bool) -> Boundary | None:
        if self._closed:
            if window.strip(_SPACE):
                raise self._corrupt("something follows after the end of the array")
            return Boundary(len(window))
        commas, close = _value_ends(window)
        if len(commas) >= chunks.CHUNK_RECORDS:
            return Boundary(int(commas[chunks.CHUNK_RECORDS - 1]) + 1)
        if close is not None:
            if window[close] != _CLOSE:
                raise self._corrupt("a } closes the array")
            self._closed = True
            if window[close + 1 :].strip(_SPACE):
                raise self._corrupt("something follows after the end of the array")
            return Boundary(len(window))
        if at_end:
            raise self._corrupt("the array does not end; the file may be cut off")
        return Boundary(int(commas[-1]) + 1) if len(commas) else None

    def _corrupt(self, reason: str) -> JobError:
        return JobError(
            "INPUT_CORRUPT", {"path": self._request.source_name, "format": "JSON", "reason": reason}
        )


def _value_ends(data: bytes) -> tuple[Positions, int | None]:
    """The commas after the values of an array, and the bracket that closes it, if it is there.

    Parameters:
        data: bytes from the beginning of a value on.
    """
    values = np.frombuffer(data, np.uint8)
    quotes = np.flatnonzero(values == _QUOTE)
    if b"\\" in data:
        quotes = quotes[~_escaped(values, quotes)]
    marks = np.flatnonzero(_STRUCTURAL[values])
    marks = marks[np.searchsorted(quotes, marks) % 2 == 0]
    kinds = values[marks]
    depth = np.cumsum(_STEPS[kinds], dtype=np.int64)
    below = np.flatnonzero(depth < 0)
    last = int(below[0]) if len(below) else len(marks)
    commas = marks[:last][(depth[:last] == 0) & (kinds[:last] == _COMMA)]
    return commas, int(marks[last]) if len(below) else None


def _escaped(values: np.ndarray, quotes: Positions) -> np.ndarray:
    """Which quotes follow an odd number of backslashes."""
    slashes = np.flatnonzero(values == _BACKSLASH)
    run_starts = np.flatnonzero(np.diff(slashes, prepend=-2) != 1)
    run_ends = np.append(run_starts[1:], len(slashes)) - 1
    lengths = run_ends - run_starts + 1
    odd = slashes[run_ends[lengths % 2 == 1]] + 1
    return np.isin(quotes, odd, assume_unique=True)


def _trimmed(data: bytes, start: int, end: int) -> tuple[int, int]:
    while start < end and data[start] in _SPACE:
        start += 1
    while end > start and data[end - 1] in _SPACE:
        end -= 1
    return start, end
