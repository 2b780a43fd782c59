"""The report of a job: what was done to its records, how long it took, what fell out."""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from etl_polyglot.engine.flush import begin_flush, flush_to_disk
from etl_polyglot.engine.ledger import Ledger
from etl_polyglot.engine.profile.profile import Profile
from etl_polyglot.engine.progress import Counts, Progress
from etl_polyglot.engine.rejects import RejectLog


class JobReport:
    """Gathers the report of one attempt, and keeps it when that ends, well or not.

    Parameters:
        path: the file that keeps it; None: none does.
        counts: the job's.
        rejects: the job's.

    Attributes:
        progress: the job's, once it has some.
        ledger: the job's, once it has one.
        profile: of the whole output, once that was written.
    """

    def __init__(self, path: Path | None, counts: Counts, rejects: RejectLog) -> None:
        self.progress: Progress | None = None
        self.ledger: Ledger | None = None
        self.profile: Profile | None = None
        self._path = path
        self._counts = counts
        self._rejects = rejects
        self._began = time.monotonic()

    def to_json(self) -> dict[str, Any]:
        """The report as far as the job is."""
        seconds = time.monotonic() - self._began
        progress, ledger, profile = self.progress, self.ledger, self.profile
        bytes_read = 0 if progress is None else progress.bytes_read
        return {
            "counts": self._counts.to_json(),
            "duration_s": round(seconds, 3),
            "bytes_read": bytes_read,
            "records_per_s": round(self._counts.read / seconds),
            "bytes_per_s": round(bytes_read / seconds),
            "stages": [] if progress is None else progress.stages(),
            "steps": [] if ledger is None else ledger.steps(),
            "rejects": {
                "records": self._rejects.records,
                "errors": self._rejects.errors,
                "kinds": self._rejects.tally.to_json(),
            },
            "profile": None if profile is None else profile.to_json(),
        }

    def keep(self) -> dict[str, Any]:
        """Write the report to its file, on the disk when this returns.

        Returns:
            The report.

        Raises:
            OSError: the disk is full, or failed.
            StoppedError: the job has ended.
        """
        return self._keep(flush_to_disk)

    def _keep(self, flush: Callable[[BinaryIO], object]) -> dict[str, Any]:
        report = self.to_json()
        if self._path is not None:
            unfinished = self._path.with_suffix(".part")
            with unfinished.open("wb") as file:
                file.write(json.dumps(report).encode())
                flush(file)
            unfinished.replace(self._path)
        return report

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Keep what there is of a job that failed, and wait for no disk.

        That the job failed is told in any case.
        """
        if error is not None:
            self._counts.written = 0
            with suppress(OSError):
                self._keep(begin_flush)
