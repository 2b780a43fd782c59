"""Counts and progress of a job, told while it waits."""

import math
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeVar

from etl_polyglot.engine.errors import JobError

Stage = Literal["extract", "transform", "load", "publish"]
ResultT = TypeVar("ResultT")

_TELL_SECONDS = 0.25
"""Twice a second is promised; busy threads may keep the job's own waiting as long again."""

_WAIT_SECONDS = 0.1
_PUBLISH_WEIGHT = 0.01
"""What finishing the output counts for; a pass over the rows counts 1."""


@dataclass(slots=True)
class Counts:
    """What became of the source's records."""

    read: int = 0
    written: int = 0
    rejected: int = 0
    filtered: int = 0
    deduplicated: int = 0

    def to_json(self) -> dict[str, int]:
        """The `counts` member of results and events."""
        return asdict(self)

    def check(self, given: int, stored: int) -> None:
        """Raise `COUNTS_MISMATCH` unless every record read, and every row made, is accounted for.

        Parameters:
            given: the rows that the sink was given: those written, unless a step reshaped them.
            stored: the rows that the output has.
        """
        told = self.written + self.rejected + self.filtered + self.deduplicated
        if self.read != told or given != stored:
            lost = given - stored
            raise JobError("COUNTS_MISMATCH", {**self.to_json(), "written": self.written - lost})


class Progress:
    """Tells how far a job is, and stops it when it is cancelled.

    All waiting of the job's own thread goes through `wait`, so that neither a long query nor
    a slow disk delays an event or a cancellation.

    Parameters:
        emit: takes an event; called from the job's own thread only.
        cancelled: whether the job is to stop.
        counts: told along, live.
        bytes_total: the size of the source.
        passes: how often the rows are gone through before the output is finished.
    """

    def __init__(
        self,
        emit: Callable[[dict[str, Any]], None],
        cancelled: Callable[[], bool],
        counts: Counts,
        bytes_total: int,
        passes: int,
    ) -> None:
        self._emit = emit
        self._cancelled = cancelled
        self._counts = counts
        self._bytes_total = bytes_total
        self._passes = passes
        self.passes_done = 0
        self._share = 0.0
        self._began = self._entered = time.monotonic()
        self._seconds: dict[Stage, float] = {}
        self._told = 0.0
        self.stage: Stage = "extract"
        self.bytes_read = 0

    def read_to(self, offset: int) -> None:
        """Say how far the source is read."""
        self.bytes_read = offset
        self.advance(offset / self._bytes_total)

    def advance(self, share: float) -> None:
        """Say which share of the present pass is done."""
        self._share = share
        self.check()

    def next_pass(self, stage: Stage) -> None:
        """Begin another pass over the rows."""
        self._leave_stage()
        self.passes_done, self._share, self.stage = self.passes_done + 1, 0.0, stage
        self.check()

    def stages(self) -> list[dict[str, Any]]:
        """How long each stage took until now, those of several passes together."""
        self._leave_stage()
        return [{"stage": stage, "seconds": round(s, 3)} for stage, s in self._seconds.items()]

    def _leave_stage(self) -> None:
        now = time.monotonic()
        self._seconds[self.stage] = self._seconds.get(self.stage, 0.0) + now - self._entered
        self._entered = now

    def finish(self) -> None:
        """Tell that all is done."""
        self._share = 1.0
        self.tell()

    def check(self) -> None:
        """Tell when it is time to.

        Raises:
            JobError: `CANCELLED`.
        """
        self._stop_if_cancelled()
        if time.monotonic() - self._told >= _TELL_SECONDS:
            self.tell()

    def _stop_if_cancelled(self) -> None:
        if self._cancelled():
            raise JobError("CANCELLED", {"method": "run_job"})

    def tell(self) -> None:
        """Emit one event now."""
        self._told = time.monotonic()
        elapsed = self._told - self._began
        weight = _PUBLISH_WEIGHT if self.stage == "publish" else 1
        done = self.passes_done + weight * self._share
        ratio = min(done / (self._passes + _PUBLISH_WEIGHT), 1.0)
        self._emit(
            {
                "progress": {
                    "stage": self.stage,
                    "bytes_read": self.bytes_read,
                    "bytes_total": self._bytes_total,
                    "rows_read": self._counts.read,
                    "ratio": round(ratio, 4),
                    "eta_s": round(elapsed * (1 - ratio) / ratio, 1) if ratio > 0 else None,
                },
                "counts": self._counts.to_json(),
            }
        )

    def wait(
        self,
        future: "Future[ResultT]",
        patience: float = math.inf,
        share: Callable[[], float] | None = None,
    ) -> ResultT:
        """Wait for a result, telling progress meanwhile.

        Parameters:
            future: the result.
            patience: seconds after which nothing more is told: whoever listens may take a task
                that hangs for what it is.
            share: how much of the present pass the task has done; None: it does not say.

        Raises:
            JobError: `CANCELLED`; the task itself goes on.
        """
        began = time.monotonic()
        while not wait([future], timeout=_WAIT_SECONDS).done:
            if share is not None:
                self._share = max(self._share, share())
            if time.monotonic() - began < patience:
                self.check()
            else:
                self._stop_if_cancelled()
        return future.result()
