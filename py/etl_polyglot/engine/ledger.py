"""The account of a job: every record read, rejected or dropped, and what each step did."""

from collections.abc import Iterable
from typing import Any

from etl_polyglot.engine.progress import Counts
from etl_polyglot.engine.rejects import RejectLimitError, RejectLog
from etl_polyglot.engine.rows import StepCount
from etl_polyglot.engine.spec import JobSpec
from etl_polyglot.engine.spool import RejectSpool

StepPlace = tuple[int, int]
"""The pass over the rows, and the step's place in it."""


class Ledger:
    """Counts what the chunks report, in source order, and keeps their rejects.

    Parameters:
        spec: the job.
        counts: the counts to keep.
        rejects: where rejected records are kept.
    """

    def __init__(self, spec: JobSpec, counts: Counts, rejects: RejectLog) -> None:
        self.counts = counts
        self._spec = spec
        self._rejects = rejects
        self._steps: dict[StepPlace, StepCount] = {}

    def enter(self, read: int, rejects: RejectSpool) -> int:
        """Account for the records of a chunk that was read.

        Returns:
            The index in the source of its first record.

        Raises:
            JobError: there are as many rejects as the job may have.
        """
        first_index = self.counts.read
        self.counts.read += read
        self._keep(rejects, first_index, reading=True)
        return first_index

    def enter_again(self, first_index: int, rejects: RejectSpool, duplicates: int) -> None:
        """Account for what fell out of a chunk in a later pass.

        Raises:
            JobError: there are as many rejects as the job may have.
        """
        self.counts.deduplicated += duplicates
        self._keep(rejects, first_index, reading=False)

    def add_steps(self, number: int, steps: Iterable[tuple[int, StepCount]]) -> None:
        """Add what the steps of a pass did to a chunk."""
        for place, step in steps:
            _, rows_in, rows_out, seconds = self._steps.get((number, place), (step.step, 0, 0, 0.0))
            self._steps[number, place] = StepCount(
                step.step,
                rows_in + step.rows_in,
                rows_out + step.rows_out,
                seconds + step.seconds,
            )

    @property
    def hopeless(self) -> bool:
        """Whether the job will publish nothing, whatever comes."""
        return self._spec.validation_mode == "strict" and self._rejects.records > 0

    def refuse(self, final: bool) -> None:
        """Raise the error with which the rejects end the job, if they do.

        Parameters:
            final: every record was seen; before, only a strict job can be judged.
        """
        if final or self.hopeless:
            verdict = self._rejects.verdict(self._spec, self.counts.read)
            if verdict is not None:
                raise verdict

    def steps(self) -> list[dict[str, Any]]:
        """What every step did, in order; seconds are summed over threads."""
        return [
            {**step._asdict(), "seconds": round(step.seconds, 3)}
            for _, step in sorted(self._steps.items())
        ]

    def _keep(self, rejects: RejectSpool, first_index: int, reading: bool) -> None:
        try:
            self._rejects.write(rejects, first_index)
        except RejectLimitError as limit:
            if reading:
                self.counts.read = first_index + limit.record + 1
            self.counts.rejected = self._rejects.records
            verdict = self._rejects.verdict(self._spec, self.counts.read)
            if verdict is not None:
                raise verdict from None
        self.counts.rejected = self._rejects.records
