"""One job, from its source to its staged output."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from etl_polyglot.engine.chunks import CHUNK_BYTES
from etl_polyglot.engine.errors import JobError, first_line, resource_error
from etl_polyglot.engine.file import SourceFile
from etl_polyglot.engine.flow import Flow
from etl_polyglot.engine.ledger import Ledger
from etl_polyglot.engine.pipeline import Pipeline
from etl_polyglot.engine.plan import Plan, plan_job
from etl_polyglot.engine.profile.profile import Profile
from etl_polyglot.engine.profile.profiled_sink import ProfiledSink
from etl_polyglot.engine.progress import Counts, Progress
from etl_polyglot.engine.rejects import RejectLog
from etl_polyglot.engine.report import JobReport
from etl_polyglot.engine.sinks.open import open_sink
from etl_polyglot.engine.sinks.sink import Sink, SinkRequest
from etl_polyglot.engine.sources.open import open_source
from etl_polyglot.engine.sources.source import SourceRequest
from etl_polyglot.engine.spec import JobSpec
from etl_polyglot.engine.staging import Stager
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
    publishing it is the caller's. The rejects and the report are flushed when this returns; of a
    job that failed they are written, and for the disk nobody waits. Nothing else is left.

    Parameters:
        spec: the job.
        schema: its record schema; None only for typed sources under `skip`.
        emit: takes progress events, at least twice a second, from the calling thread.
        cancelled: asked all the time; the job ends within a second after it says yes.
        rules: the schema's business rules, which rows must keep to be valid.

    Returns:
        The report, which `spec.report_path` keeps even of a job that fails, and with it
        `output` (None when nothing was to be written).

    Raises:
        JobError: the job failed; its `counts` say how far it read, with `written` 0.
        ValueError: the spec asks for what cannot be, such as CSV without a schema.
    """
    counts = Counts()
    with _failures_told(spec, counts), ExitStack() as stack:
        rejects = RejectLog(spec)
        report = stack.enter_context(JobReport(spec.report_path, counts, rejects))
        stack.enter_context(rejects)
        file = stack.enter_context(SourceFile(spec.source_path, spec.source_name))
        source = open_source(spec.source_type, _source_request(spec, file, schema))
        plan = plan_job(spec, schema, source.columns, rules)
        passes = 2 * len(plan.stages) - 1
        progress = report.progress = Progress(emit, cancelled, counts, file.size, passes)
        sink = stack.enter_context(_open_sink(spec, plan))
        folder = stack.enter_context(_spill_folder(spec))
        stager = Stager(folder)
        profile = stack.enter_context(Profile(plan.columns)) if spec.profile else None
        pipeline = stack.enter_context(Pipeline(spec.threads))
        if sink is not None and profile is not None:
            sink = ProfiledSink(sink, profile, pipeline.start, spec.threads)
        ledger = report.ledger = Ledger(spec, counts, rejects)
        flow = Flow(spec, source, ledger, sink, pipeline, progress, stager, folder)

        progress.tell()
        flow.extract(plan.stages[0])
        file.check_unchanged()
        for before, stage in pairwise(plan.stages):
            assert before.then is not None, "only the last stage hands its rows to the sink"
            flow.load(flow.find(before.then), stage)
        progress.next_pass("publish")
        pipeline.write(rejects.close, progress)
        output = None if sink is None else pipeline.write(sink.finish, progress)
        file.check_unchanged()
        counts.check(flow.rows_out, flow.rows_out if output is None else output.rows)
        report.profile = None if output is None else profile
        told = {"output": None if output is None else output.to_json()}
        kept = pipeline.write(report.keep, progress)
        progress.finish()
        return kept | told


def _source_request(spec: JobSpec, file: SourceFile, schema: RecordSchema | None) -> SourceRequest:
    share = spec.memory_limit // (_CHUNK_COPIES * (spec.threads + 4))
    return SourceRequest(
        file=file,
        schema=schema,
        validated=schema is not None and spec.validation_mode != "skip",
        delimiter=spec.delimiter,
        null_values=spec.null_values,
        chunk_bytes=spec.chunk_bytes or min(max(share, _MIN_CHUNK_BYTES), CHUNK_BYTES),
    )


@contextmanager
def _open_sink(spec: JobSpec, plan: Plan) -> Iterator[Sink | None]:
    if spec.target_type is None or spec.staged_path is None:
        yield None
        return
    request = SinkRequest(spec.staged_path, spec.target_name, plan.columns, plan.described)
    with open_sink(spec.target_type, request) as sink:
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
        if told is None and isinstance(error, OSError | duckdb.Error | pa.ArrowException):
            told = JobError("JOB_FAILED", {"reason": first_line(error)})
        if told is None:
            raise
        told.counts = {**counts.to_json(), "written": 0}
        raise told from error
