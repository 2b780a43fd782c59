"""The file of rejected records, one JSON line an error."""

import json
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import pyarrow as pa

from etl_polyglot.engine.errors import JobError
from etl_polyglot.engine.flush import begin_flush, flush_to_disk
from etl_polyglot.engine.runs import Lines
from etl_polyglot.engine.spec import JobSpec
from etl_polyglot.engine.spool import RejectSpool
from etl_polyglot.engine.stop import checkpoint
from etl_polyglot.engine.tally import Tally
from etl_polyglot.schema.arrow import pc, text_buffers


class RejectLimitError(Exception):
    """A chunk held the last reject that the job may have.

    Attributes:
        record: the place in the chunk of the record at which reading ends.
    """

    def __init__(self, record: int) -> None:
        super().__init__(record)
        self.record = record


class RejectLog:
    """Keeps the rejects of a job in source order and says when there are too many.

    Parameters:
        spec: the job; strict keeps `max_errors` lines and then stops, lenient keeps every
            line and stops past `max_errors` records.
    """

    def __init__(self, spec: JobSpec) -> None:
        self._strict = spec.validation_mode == "strict"
        self._max_lines = spec.max_reject_lines
        self._max_records = spec.max_errors if spec.validation_mode == "lenient" else None
        self.path: Path = spec.rejects_path
        self.records = 0
        self.errors = 0
        self.tally = Tally()
        self._file = self.path.open("wb")

    def write(self, rejects: RejectSpool, first_index: int) -> None:
        """Write the rejects of one chunk, whose lines are then dropped.

        Parameters:
            rejects: the chunk's rejects.
            first_index: the index in the source of the chunk's first record.

        Raises:
            RejectLimitError: the limit was reached; what came up to it is written and counted.
            OSError: the disk is full.
        """
        stop = self._record_past_limit(rejects)
        tally = rejects.tally
        if self._max_lines is not None or stop is not None:  # some lines may not be written
            tally = tally.empty()
        for lines in rejects.lines():
            checkpoint()
            if stop is not None:
                lines = lines.between(0, int(np.searchsorted(lines.records, stop, side="right")))
            if self._max_lines is not None:
                # Even a job that keeps no line ends with the first record that has one.
                lines = lines.between(0, max(self._max_lines - self.errors, 1))
            if not len(lines.texts):
                break
            if self._max_lines != 0:
                self._keep(lines, first_index)
                if tally is not rejects.tally:
                    _count(lines, tally)
            if self._max_lines is not None and self.errors >= self._max_lines:
                stop = int(lines.records[-1])
                break
        rejects.close()
        self.tally.merge(tally, first_index)
        if stop is None:
            self.records += len(rejects.records)
            return
        self.records += sum(record <= stop for record in rejects.records)
        raise RejectLimitError(stop)

    def _keep(self, lines: Lines, first_index: int) -> None:
        indices = pa.array(first_index + lines.records).cast(pa.string())
        texts = pc.binary_join_element_wise('{"index":', indices, ",", lines.texts, "\n", "")
        self._file.write(text_buffers(texts)[1].data)
        self.errors += len(lines.texts)

    def _record_past_limit(self, rejects: RejectSpool) -> int | None:
        """The first record of a chunk that is one more than may be rejected."""
        found, limit = rejects.records, self._max_records
        if limit is None or self.records + len(found) <= limit:
            return None
        return sorted(found)[limit - self.records]

    def close(self) -> None:
        """Flush the file to the disk and close it.

        Raises:
            OSError: the disk is full, or failed.
            StoppedError: the job has ended; the disk goes on.
        """
        with self._file:
            flush_to_disk(self._file)

    def verdict(self, spec: JobSpec, read: int) -> JobError | None:
        """The error with which the job must end because of its rejects, if any."""
        details = {
            "job_id": spec.job_id,
            "path": spec.source_name,
            "read": read,
            "rejected": self.records,
            "rejects": {"records": self.records, "errors": self.errors},
        }
        if self._strict and self.records:
            return JobError("VALIDATION_FAILED", details)
        if self._max_records is not None and self.records > self._max_records:
            limit = f"max_errors {self._max_records}"
            return JobError("TOO_MANY_REJECTS", {**details, "limit": limit})
        rate = spec.max_error_rate if spec.validation_mode == "lenient" else None
        if rate is not None and self.records > rate * read:
            return JobError("TOO_MANY_REJECTS", {**details, "limit": f"max_error_rate {rate}"})
        return None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the file of a job that failed; the disk is not waited for."""
        if not self._file.closed:
            with self._file:
                begin_flush(self._file)


def _count(lines: Lines, tally: Tally) -> None:
    for record, text in zip(lines.records.tolist(), lines.texts.to_pylist(), strict=True):
        error = json.loads(f"{{{text}")
        tally.add(error["stage"], record, error)
