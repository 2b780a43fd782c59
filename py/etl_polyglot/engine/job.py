"""One job, from its source to its staged output."""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from etl_polyglot.engine.chunks import CHUNK_BYTES
from etl_polyglot.engine.errors import JobError, resource_error
from etl_polyglot.engine.file import SourceFile
from etl_polyglot.engine.flow import Flow
from etl_polyglot.engine.ledger import Ledger
from etl_polyglot.engine.pipeline import Pipeline
from etl_polyglot.engine.progress import Counts, Progress
from etl_polyglot.engine.rejects import RejectLog
from etl_polyglot.engine.sinks.parquet import ParquetSink
from etl_polyglot.engine.sources.open import open_source
from etl_polyglot.engine.sources.source import SourceRequest
from etl_polyglot.engine.spec import JobSpec
from etl_polyglot.engine.steps import Segment, plan_segments
from etl_polyglot.engine.transforms.deduplicate import Stager
from etl_polyglot.schema.record import RecordSchema
from etl_polyglot.schema.rule import Rule, RuleFailedError

__all__ = ["JobError", "JobSpec", "run_job"]

_MIN_CHUNK_BYTES = 256 * 1024
_CHUNK_COPIES = 16
"""How many times over a chunk may be in memory: as text, as columns, as output, and so on."""


def run_job(
    spec: JobSpec,
    schema: RecordSchema | None,
    emit: Callable[[dict[str, Any]], None],
    cancelled: Callable[[], bool],
    rules: Sequence[Rule] = (),
) -> dict[str, Any]:
    """Run one attempt of a job: read, cast, validate, transform, and stage the whole output.

    The staged file is complete and flushed when this returns, and gone when it raises;
    publishing it is the caller's. The rejects are flushed either way. Nothing else is left.

    Parameters:
        spec: the job.
        schema: its record schema; None only for typed sources under `skip`.
        emit: takes progress events, at least twice a second, from the calling thread.
        cancelled: asked all the time; the job ends within a second after it says yes.
        rules: the schema's business rules, which rows must keep to be valid.

    Returns:
        `counts`, `output` (None when nothing was to be written), `rejects`, `steps` and
        `duration_s`.

    Raises:
        JobError: the job failed; its `counts` say how far it read, with `written` 0.
        ValueError: the spec asks for what cannot be, such as CSV without a schema.
    """
    began, counts = time.monotonic(), Counts()
    with _failures_told(spec, counts), ExitStack() as stack:
        rejects = stack.enter_context(RejectLog(spec))
        file = stack.enter_context(SourceFile(spec.source_path, spec.source_name))
        source = open_source(spec.source_type, _source_request(spec, file, schema))
        segments = plan_segments(spec, schema, rules)
        progress = Progress(emit, cancelled, counts, file.size, passes=2 * len(segments) - 1)
        sink = stack.enter_context(_open_sink(spec, segments, source.columns))
        folder = stack.enter_context(_spill_folder(spec))
        stager = Stager(folder)
        pipeline = stack.enter_context(Pipeline(spec.threads))
        ledger = Ledger(spec, counts, rejects)
        flow = Flow(spec, source, ledger, sink, pipeline, progress, stager, folder)

        progress.tell()
        flow.extract(segments[0], last=len(segments) == 1)
        file.check_unchanged()
        for place, segment in enumerate(segments[1:], 2):
            duplicates = flow.deduplicate(() if schema is None else schema.primary_key)
            flow.load(duplicates, segment, last=place == len(segments))
        progress.next_pass("publish")
        pipeline.write(rejects.close, progress)
        output = None if sink is None else pipeline.write(sink.finish, progress)
        file.check_unchanged()
        counts.check(counts.written if output is None else output.rows)
        progress.finish()
        return {
            "counts": counts.to_json(),
            "output": None if output is None else output.to_json(),
            "rejects": {"records": rejects.records, "errors": rejects.errors},
            "steps": ledger.steps(),
            "duration_s": round(time.monotonic() - began, 3),
        }


def _source_request(spec: JobSpec, file: SourceFile, schema: RecordSchema | None) -> SourceRequest:
    share = spec.memory_limit // (_CHUNK_COPIES * (spec.threads + 2))
    return SourceRequest(
        file=file,
        schema=schema,
        validated=schema is not None and spec.validation_mode != "skip",
        delimiter=spec.delimiter,
        null_values=spec.null_values,
        chunk_bytes=spec.chunk_bytes or min(max(share, _MIN_CHUNK_BYTES), CHUNK_BYTES),
    )


@contextmanager
def _open_sink(
    spec: JobSpec, segments: Sequence[Segment], columns: pa.Schema
) -> Iterator[ParquetSink | None]:
    if spec.target_type is None or spec.staged_path is None:
        yield None
        return
    if spec.target_type != "parquet":
        raise ValueError(f"target_type {spec.target_type!r} is not parquet")
    for segment in segments:
        columns = segment.output(columns)
    with ParquetSink(spec.staged_path, columns) as sink:
        yield sink


@contextmanager
def _spill_folder(spec: JobSpec) -> Iterator[Path]:
    spec.spill_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=spec.spill_dir, prefix="attempt-") as folder:
        yield Path(folder)


@contextmanager
def _failures_told(spec: JobSpec, counts: Counts) -> Iterator[None]:
    """Make every failure that the job can explain a `JobError` with its counts."""
    try:
        yield
    except JobError as error:
        error.counts = {**counts.to_json(), "written": 0}
        raise
    except Exception as error:
        told = resource_error(error, str(spec.staged_path or spec.rejects_path))
        if isinstance(error, RuleFailedError):
            told = JobError("RULE_FAILED", error.details)
        if told is None and isinstance(error, OSError):
            told = JobError("JOB_FAILED", {"reason": str(error)})
        if told is None:
            raise
        told.counts = {**counts.to_json(), "written": 0}
        raise told from error
