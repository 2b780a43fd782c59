"""The passes of a job over its rows: out of the source, past the stages, into the sink."""

import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from etl_polyglot.engine.ledger import Ledger
from etl_polyglot.engine.pipeline import Pipeline
from etl_polyglot.engine.progress import Progress
from etl_polyglot.engine.rows import Rejects, Rows, StepCount
from etl_polyglot.engine.sinks.parquet import ParquetSink
from etl_polyglot.engine.sources.source import Source
from etl_polyglot.engine.spec import JobSpec
from etl_polyglot.engine.spool import RejectSpool
from etl_polyglot.engine.steps import Segment
from etl_polyglot.engine.stop import checkpoint
from etl_polyglot.engine.transforms.deduplicate import Deduplication, StagedChunk, Stager

_LAST_PLACE = 1_000
"""The place of a pass's end among its steps."""


@dataclass(frozen=True, slots=True)
class Worked:
    """What a worker made of one chunk in one pass.

    Attributes:
        batches: its rows; none when they were staged.
        staged: the file with its rows, when they were.
    """

    rows: int
    rejects: RejectSpool
    steps: list[tuple[int, StepCount]]
    batches: list[pa.RecordBatch]
    staged: Path | None


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
    """

    def __init__(
        self,
        spec: JobSpec,
        source: Source[Any],
        ledger: Ledger,
        sink: ParquetSink | None,
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

    def extract(self, segment: Segment, last: bool) -> None:
        """Read the source, run the first steps, and write the rows or stage them."""

        def work(chunk: Any) -> tuple[Any, int, Worked]:
            checkpoint()
            rows = self._source.read(chunk)
            return self._source.forget(chunk), rows.read, self._run(segment, rows, last, rows.steps)

        for origin, read, worked in self._pipeline.ordered(
            self._source.chunks(), work, self._progress
        ):
            enter = partial(self._ledger.enter, read, worked.rejects)
            first_index = self._pipeline.write(enter, self._progress)
            self._deliver(worked, origin, first_index)
            self._progress.read_to(origin.end)
        self._ledger.refuse(final=last)

    def deduplicate(self, key: tuple[str, ...]) -> Deduplication:
        """Find which of the staged rows are the first of their key."""
        self._progress.next_pass("transform")
        deduplication = self._stager.deduplication(key, self._spec, checkpoint)
        try:
            self._progress.wait(self._pipeline.start(deduplication.find))
        except BaseException:
            deduplication.interrupt()
            raise
        return deduplication

    def load(self, deduplication: Deduplication, segment: Segment, last: bool) -> None:
        """Take the staged rows that are no duplicates, run steps, and write or stage them."""
        self._progress.next_pass("load")
        chunks = self._stager.take()

        def work(staged: StagedChunk) -> tuple[StagedChunk, int, Worked]:
            checkpoint()
            began = time.perf_counter()
            rejects = Rejects(self._spec.source_name)
            batch, records = staged.read()
            rows = Rows(batch, records, self._source.locator(staged.origin), rejects, read=0)
            rows.keep(deduplication.survivors(staged, batch))
            staged.path.unlink()
            kept, seconds = rows.batch.num_rows, time.perf_counter() - began
            step = StepCount("deduplicate", staged.rows, kept, seconds)
            return staged, staged.rows - kept, self._run(segment, rows, last, [step])

        total, done = max(sum(chunk.rows for chunk in chunks), 1), 0
        for staged, duplicates, worked in self._pipeline.ordered(
            iter(chunks), work, self._progress
        ):
            enter = partial(
                self._ledger.enter_again, staged.first_index, worked.rejects, duplicates
            )
            self._pipeline.write(enter, self._progress)
            self._deliver(worked, staged.origin, staged.first_index)
            done += staged.rows
            self._progress.advance(done / total)
        self._ledger.refuse(final=last)

    def _run(self, segment: Segment, rows: Rows, last: bool, before: list[StepCount]) -> Worked:
        steps = list(enumerate(before))
        pieces = []
        rejects = RejectSpool(self._folder, self._spec.max_reject_lines)
        rejects.take(rows.rejects)
        for piece in segment.apply(rows, self._spec.batch_size):
            checkpoint()
            rejects.take(rows.rejects)
            steps += enumerate(piece.steps, len(before))
            pieces.append(piece)
        batches = [piece.batch for piece in pieces]
        count = sum(batch.num_rows for batch in batches)
        if last:
            return Worked(count, rejects, steps, batches, None)
        records = np.concatenate([piece.records for piece in pieces])
        return Worked(count, rejects, steps, [], self._stager.write(batches, records))

    def _deliver(self, worked: Worked, origin: Any, first_index: int) -> None:
        self._ledger.add_steps(self._progress.passes_done, worked.steps)
        if worked.staged is not None:
            self._stager.add(worked.staged, worked.rows, origin, first_index)
            return
        if self._sink is not None and not self._ledger.hopeless:
            began = time.perf_counter()
            for batch in worked.batches:
                self._pipeline.write(partial(self._sink.write, batch), self._progress)
            step = StepCount("write", worked.rows, worked.rows, time.perf_counter() - began)
            self._ledger.add_steps(self._progress.passes_done, [(_LAST_PLACE, step)])
        elif self._sink is not None:
            self._sink.abandon()
        self._ledger.counts.written += worked.rows
