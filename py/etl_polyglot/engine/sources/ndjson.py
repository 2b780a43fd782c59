"""NDJSON: one JSON value a line."""

from collections.abc import Iterator

import numpy as np

from etl_polyglot.engine.chunks import cut_chunks, last_line_end
from etl_polyglot.engine.records import Chunk, Records
from etl_polyglot.engine.sources.json_rows import JsonRowsSource
from etl_polyglot.engine.sources.text import text_start

_SPACE = b" \t\r\n"


class NdjsonSource(JsonRowsSource):
    """A file of JSON values, one a line, in UTF-8; blank lines are no records."""

    def chunks(self) -> Iterator[Chunk]:
        """Cut the file at line ends."""
        return cut_chunks(
            self._request.file,
            text_start(self._request.file, "NDJSON"),
            1,
            last_line_end,
            self._request.chunk_bytes,
            self._max_record_bytes,
        )

    def find_records(self, chunk: Chunk) -> Records:
        """Find the lines that are not blank."""
        data = chunk.data
        values = np.frombuffer(data, np.uint8)
        ends = np.flatnonzero(values == 0x0A)
        if data and not data.endswith(b"\n"):
            ends = np.append(ends, len(data))
        starts = np.concatenate([np.zeros(1, np.int64), ends + 1])[: len(ends)]
        ends = ends - ((ends > starts) & (values[np.maximum(ends, 1) - 1] == 0x0D))
        # Only lines that begin with white space can be blank; few do.
        filled = ends > starts
        for line in np.flatnonzero(filled & (values[np.minimum(starts, len(data) - 1)] <= 0x20)):
            filled[line] = bool(data[starts[line] : ends[line]].strip(_SPACE))
        return Records(starts[filled], ends[filled])
