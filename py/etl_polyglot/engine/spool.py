"""The error lines of one chunk, on disk where they are many."""

from collections.abc import Iterator, Set
from itertools import pairwise
from pathlib import Path

import numpy as np
import orjson

from etl_polyglot.engine.rows import Refusal, Rejects
from etl_polyglot.engine.runs import Lines, Run, merged
from etl_polyglot.engine.stop import checkpoint
from etl_polyglot.engine.tally import Tally
from etl_polyglot.schema.arrow import pc, text_buffers
from etl_polyglot.schema.findings import in_pieces, texts_by_row

_PART_LINES = 2048
_PART_BYTES = 256 * 1024


class RejectSpool:
    """Explains the rejects of one chunk and keeps their lines.

    A line holds the text of its record, which may have an error in every column: the lines can
    be hundreds of times as large as the chunk. So they lie in files.

    Parameters:
        folder: where; its owner removes it.
        max_lines: lines of a chunk that are wanted; None: all.
        fields: the source's columns, by which the errors are tallied.
    """

    def __init__(self, folder: Path, max_lines: int | None, fields: Set[str]) -> None:
        self._folder = folder
        # Even a job that keeps no line ends with the first record that has one.
        self._max_lines = None if max_lines is None else max(max_lines, 1)
        self._runs: list[Run] = []
        self.records: set[int] = set()
        self.tally = Tally(fields)

    def take(self, rejects: Rejects) -> None:
        """Explain what was rejected since this was last called.

        Raises:
            OSError: the disk is full.
        """
        self.records = rejects.records
        for refusal in rejects.take():
            kept = 0
            for part in refusal.errors:
                checkpoint()
                for found in part:
                    self.tally.add_alike(refusal.stage, found)
                for piece in in_pieces(part, _PART_LINES):
                    checkpoint()
                    errors = Lines(*texts_by_row(piece))
                    self._keep(refusal, rejects.source, errors)
                    kept += len(errors.texts)
                if self._max_lines is not None and kept >= self._max_lines:
                    break

    def lines(self) -> Iterator[Lines]:
        """The lines by record, some at a time; those of one record stay in their order."""
        return merged(self._runs)

    def close(self) -> None:
        """Drop the lines."""
        for run in self._runs:
            run.remove()

    def _keep(self, refusal: Refusal, source: str, errors: Lines) -> None:
        records, at = np.unique(errors.records, return_inverse=True)
        head = f',"source":{orjson.dumps(source).decode()},'
        tail = f',"stage":"{refusal.stage}"}}'
        places = refusal.locator.describe(records)
        run = self._run_from(refusal.stage, int(records[0]))
        # Each error of a record has the record's text, which may be long.
        sizes = np.cumsum(np.diff(text_buffers(places)[0])[at], dtype=np.int64)
        cuts = np.flatnonzero(np.diff(sizes // _PART_BYTES)) + 1
        for start, stop in pairwise([0, *cuts.tolist(), len(at)]):
            checkpoint()
            found = errors.between(start, stop)
            place = places.take(at[start:stop])
            texts = pc.binary_join_element_wise(found.texts, head, place, tail, "")
            run.add(Lines(found.records, texts))

    def _run_from(self, stage: str, record: int) -> Run:
        for run in self._runs:
            if run.stage == stage and run.last <= record:
                return run
        self._runs.append(Run(stage, self._folder))
        return self._runs[-1]
