"""Runs of error lines, each by record, and their merging."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import numpy as np
import pyarrow as pa

from etl_polyglot.engine.rows import Ordinals
from etl_polyglot.schema.arrow import Array, text_buffers

_MEMORY_BYTES = 256 * 1024


class Lines(NamedTuple):
    """Errors of rejected records.

    Attributes:
        records: for each the place of its record in the chunk, ascending; the index in the
            source is known later.
        texts: for each the text of a JSON object from behind its `index` on.
    """

    records: Ordinals
    texts: Array

    def between(self, start: int, stop: int) -> "Lines":
        """Those of the given places."""
        return Lines(self.records[start:stop], self.texts[start:stop])


class Run:
    """Lines of one stage, their records in order; in a file once there are too many."""

    def __init__(self, stage: str, folder: Path) -> None:
        self.stage = stage
        self.last = -1
        self._path = folder / f"{uuid4()}.rejects"
        self._spilt: list[tuple[int, int]] = []
        self._recent: list[Lines] = []
        self._recent_bytes = 0

    def add(self, lines: Lines) -> None:
        """Append lines; their records do not come before those that are there."""
        self.last = int(lines.records[-1])
        self._recent.append(lines)
        self._recent_bytes += lines.texts.nbytes
        if self._recent_bytes > _MEMORY_BYTES:
            self._spill()

    def __iter__(self) -> Iterator[Lines]:
        if self._spilt:
            with self._path.open("rb") as file:
                for count, size in self._spilt:
                    records = np.frombuffer(file.read(8 * count), np.int64)
                    borders, text = (pa.py_buffer(file.read(n)) for n in (4 * count + 4, size))
                    yield Lines(records, pa.StringArray.from_buffers(count, borders, text))
        yield from self._recent

    def remove(self) -> None:
        """Drop the lines."""
        self._path.unlink(missing_ok=True)

    def _spill(self) -> None:
        with self._path.open("ab") as file:
            for records, texts in self._recent:
                borders, text = text_buffers(texts)
                file.write(records.astype(np.int64).data)
                file.write((borders - borders[0]).data)
                file.write(text.data)
                self._spilt.append((len(texts), len(text)))
        self._recent, self._recent_bytes = [], 0


def merged(runs: Sequence[Run]) -> Iterator[Lines]:
    """The lines of several runs by record; those of one record lie in one run, in their order."""
    rest = [iter(run) for run in runs]
    heads = [next(one, None) for one in rest]
    while any(head is not None for head in heads):
        upto = min(head.records[-1] for head in heads if head is not None)
        taken: list[Lines] = []
        for at, head in enumerate(heads):
            if head is not None:
                cut = int(np.searchsorted(head.records, upto, side="right"))
                taken.append(head.between(0, cut))
                left = head.between(cut, len(head.texts))
                heads[at] = left if len(left.texts) else next(rest[at], None)
        yield taken[0] if len(taken) == 1 else _sorted(taken)


def _sorted(several: Sequence[Lines]) -> Lines:
    records = np.concatenate([lines.records for lines in several])
    order = np.argsort(records, kind="stable")
    texts = pa.concat_arrays([lines.texts for lines in several])
    return Lines(records[order], texts.take(order))
