"""The error lines of one chunk, on disk where they are many."""

import heapq
from collections.abc import Iterator
from contextlib import ExitStack
from io import BytesIO
from itertools import chain, islice
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple, cast
from uuid import uuid4

import orjson

from etl_polyglot.engine.rows import Error, Refusal, Rejects
from etl_polyglot.engine.stop import checkpoint
from etl_polyglot.schema.errors import ErrorRecord, record_json

_MEMORY_BYTES = 256 * 1024
_PART_ERRORS = 512


class RejectLine(NamedTuple):
    """One error of one rejected record.

    Attributes:
        record: the record's place in its chunk; its index in the source is known later.
        text: the error as a JSON object whose members after `index` are all there.
    """

    record: int
    text: bytes


class _Run:
    """Lines of one stage, their records in order; in a file once there are too many."""

    def __init__(self, stage: str, folder: Path) -> None:
        self.stage = stage
        self.last = -1
        self._path = folder / f"{uuid4()}.rejects"
        self._recent = bytearray()

    def add(self, record: int, text: bytes) -> None:
        self.last = record
        self._recent += b"%d\t%b\n" % (record, text)
        if len(self._recent) > _MEMORY_BYTES:
            with self._path.open("ab") as file:
                file.write(self._recent)
            self._recent.clear()

    def __iter__(self) -> Iterator[RejectLine]:
        with ExitStack() as stack:
            spilt = [stack.enter_context(self._path.open("rb"))] if self._path.exists() else []
            for line in chain(*spilt, BytesIO(self._recent)):
                record, _, text = line.partition(b"\t")
                yield RejectLine(int(record), text)

    def remove(self) -> None:
        self._path.unlink(missing_ok=True)


class RejectSpool:
    """Explains the rejects of one chunk and keeps their lines.

    A line holds the text of its record, which may have an error in every column: the lines can
    be hundreds of times as large as the chunk. So they lie in files.

    Parameters:
        folder: where; its owner removes it.
        max_lines: lines of a chunk that are wanted; None: all.
    """

    def __init__(self, folder: Path, max_lines: int | None) -> None:
        self._folder = folder
        # Even a job that keeps no line ends with the first record that has one.
        self._max_lines = None if max_lines is None else max(max_lines, 1)
        self._runs: list[_Run] = []
        self.records: set[int] = set()

    def take(self, rejects: Rejects) -> None:
        """Explain what was rejected since this was last called.

        Raises:
            OSError: the disk is full.
        """
        self.records = rejects.records
        for refusal in rejects.take():
            errors = islice(refusal.errors, self._max_lines)
            while part := list(islice(errors, _PART_ERRORS)):
                checkpoint()
                self._keep(refusal, rejects.source, part)

    def lines(self) -> Iterator[RejectLine]:
        """The lines by record; those of one record stay in their order."""
        return heapq.merge(*self._runs, key=attrgetter("record"))

    def close(self) -> None:
        """Drop the lines."""
        for run in self._runs:
            run.remove()

    def _keep(self, refusal: Refusal, source: str, errors: list[Error]) -> None:
        records = list(dict.fromkeys(record for record, _ in errors))
        places = {
            record: orjson.dumps({"source": source, **place, "stage": refusal.stage})[1:]
            for record, place in zip(records, refusal.locator.describe(records), strict=True)
        }
        run = self._run_from(refusal.stage, records[0])
        for record, error in errors:
            members = {key: value for key, value in error.items() if key != "index"}
            text = record_json(cast(ErrorRecord, members))[1:-1].encode()
            run.add(record, text + b"," + places[record])

    def _run_from(self, stage: str, record: int) -> _Run:
        for run in self._runs:
            if run.stage == stage and run.last <= record:
                return run
        self._runs.append(_Run(stage, self._folder))
        return self._runs[-1]
