"""The passes of a job over its rows: out of the source, past the stages, into the sink."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from etl_polyglot.engine.ledger import Ledger
from etl_polyglot.engine.pipeline import Pipeline
from etl_polyglot.engine.plan import Stage
from etl_polyglot.engine.progress import Progress
from etl_polyglot.engine.rows import Rejects, Rows, StepCount
from etl_polyglot.engine.sinks.sink import Sink
from etl_polyglot.engine.sources.source import Source
from etl_polyglot.engine.spec import JobSpec
from etl_polyglot.engine.spool import RejectSpool
from etl_polyglot.engine.staging import StagedRows, Stager
from etl_polyglot.engine.stop import checkpoint
from etl_polyglot.engine.transforms.whole_step import Selection, WholeStep
from etl_polyglot.engine.transforms.workspace import Workspace

_LAST_PLACE = 1_000
"""The place of a pass's end among its steps."""


@dataclass(frozen=True, slots=True)
class Worked:
    """What a worker made of one chunk in one pass.

    Attributes:
        columns: those of its rows.
        batches: its rows; none when they were staged.
        staged: the file with its rows, when they were.
    """

    rows: int
    columns: pa.Schema
    rejects: RejectSpool
    steps: list[tuple[int, StepCount]]
    batches: list[pa.RecordBatch]
    staged: Path | None


@dataclass(frozen=True, slots=True)
class Found:
    """What a step that needs the whole data made of the rows that were staged for it."""

    step: WholeStep
    staged: Sequence[StagedRows]
    selection: Selection
    seconds: float


class Flow:
    """Moves the rows of one job from pass to pass.

    Workers do what one chunk needs; the job's own thread takes their results in source order,
    has them accounted for and the rows handed on, and only waits meanwhile.

    Parameters:
        spec: the job.
        source: where the rows come from.
        ledger: told of every chunk.
        sink: where they go; None drops them.
        pipeline: the workers.
        progress: told of every chunk.
        stager: where they lie between passes.
        folder: where the lines of rejects lie until their turn comes.

    Attributes:
        rows_out: how many rows were given to the sink.
    """

    def __init__(
        self,
        spec: JobSpec,
        source: Source[Any],
        ledger: Ledger,
        sink: Sink | None,
        pipeline: Pipeline,
        progress: Progress,
        stager: Stager,
        folder: Path,
    ) -> None:
        self._spec = spec
        self._source = source
        self._ledger = ledger
        self._sink = sink
        self._pipeline = pipeline
        self._progress = progress
        self._stager = stager
        self._folder = folder
        self._fields = frozenset(source.columns.names)
        self.rows_out = 0

    def extract(self, stage: Stage) -> None:
        """Read the source, run the first steps, and write the rows or stage them."""

        def work(chunk: Any) -> tuple[Any, int, Worked]:
            checkpoint()
            rows = self._source.read(chunk)
            return self._source.forget(chunk), rows.read, self._run(stage, rows, rows.steps)

        for origin, read, worked in self._pipeline.ordered(
            self._source.chunks(), work, self._progress
        ):
            enter = partial(self._ledger.enter, read, worked.rejects)
            first_index = self._pipeline.write(enter, self._progress)
            self._deliver(stage, worked, origin, first_index)
            self._progress.read_to(origin.end)
        self._ledger.refuse(final=stage.then is None)

    def find(self, step: WholeStep) -> Found:
        """Have a step look at all rows that were staged."""
        self._progress.next_pass("transform")
        staged = self._stager.take()
        workspace = Workspace(self._folder, self._spec.memory_limit, self._spec.threads, checkpoint)
        began = time.perf_counter()
        find = partial(step.find, staged, workspace)
        try:
            found = self._pipeline.start(find)
            selection = self._progress.wait(found, share=lambda: workspace.share)
            return Found(step, staged, selection, time.perf_counter() - began)
        except BaseException:
            workspace.interrupt()
            raise

    def load(self, found: Found, stage: Stage) -> None:
        """Take what a step made of the staged rows, run steps, and write or stage them."""
        self._progress.next_pass("load")
        looked = StepCount(found.step.name, 0, 0, found.seconds)
        self._ledger.add_steps(self._progress.passes_done, [(0, looked)])

        def work(staged: StagedRows) -> tuple[StagedRows, int, Worked]:
            checkpoint()
            began = time.perf_counter()
            batch, stays = found.selection.apply(staged)
            records = staged.read_records()[stays]
            rejects = Rejects(self._spec.source_name)
            rows = Rows(batch, records, self._source.locator(staged.origin), rejects, read=0)
            staged.path.unlink()
            seconds = time.perf_counter() - began
            step = StepCount(found.step.name, staged.rows, batch.num_rows, seconds)
            return staged, staged.rows - batch.num_rows, self._run(stage, rows, [step])

        total, done = max(sum(staged.rows for staged in found.staged), 1), 0
        for staged, dropped, worked in self._pipeline.ordered(
            iter(found.staged), work, self._progress
        ):
            duplicates = dropped if stage.of_records else 0
            enter = partial(
                self._ledger.enter_again, staged.first_index, worked.rejects, duplicates
            )
            self._pipeline.write(enter, self._progress)
            self._deliver(stage, worked, staged.origin, staged.first_index)
            done += staged.rows
            self._progress.advance(done / total)
        self._ledger.refuse(final=stage.then is None)

    def _run(self, stage: Stage, rows: Rows, before: list[StepCount]) -> Worked:
        steps = list(enumerate(before))
        pieces = []
        rejects = RejectSpool(self._folder, self._spec.max_reject_lines, self._fields)
        rejects.take(rows.rejects)
        for piece in stage.apply(rows, self._spec.batch_size):
            checkpoint()
            rejects.take(rows.rejects)
            steps += enumerate(piece.steps, len(before))
            pieces.append(piece)
        batches = [piece.batch for piece in pieces]
        count, columns = sum(batch.num_rows for batch in batches), batches[0].schema
        if stage.then is None:
            return Worked(count, columns, rejects, steps, batches, None)
        records = np.concatenate([piece.records for piece in pieces])
        staged = self._stager.write(batches, records)
        return Worked(count, columns, rejects, steps, [], staged)

    def _deliver(self, stage: Stage, worked: Worked, origin: Any, first_index: int) -> None:
        self._ledger.add_steps(self._progress.passes_done, worked.steps)
        if stage.counts_written:
            self._ledger.counts.written += worked.rows
        if worked.staged is not None:
            self._stager.add(worked.staged, worked.rows, worked.columns, origin, first_index)
            return
        self.rows_out += worked.rows
        if self._sink is not None and not self._ledger.hopeless:
            began = time.perf_counter()
            for batch in worked.batches:
                self._pipeline.write(partial(self._sink.write, batch), self._progress)
            step = StepCount("write", worked.rows, worked.rows, time.perf_counter() - began)
            self._ledger.add_steps(self._progress.passes_done, [(_LAST_PLACE, step)])
        elif self._sink is not None:
            self._sink.abandon()
