"""What a job is asked to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from etl_polyglot.engine.transformations import Transformation, parse_transformations

STRICT_LINES = 1000
"""Error lines that a strict job keeps when the request does not say."""

ValidationMode = Literal["strict", "lenient", "skip"]


@dataclass(frozen=True, slots=True)
class JobSpec:
    """One attempt of one job, with every default already settled by the caller.

    Attributes:
        source_name: what the source is called in rejects and errors, as its user named it.
        target_type: None validates only and writes nothing.
        target_name: what its user calls the target; its extension tells Arrow files and streams.
        staged_path: where the whole output is written; publishing it is the caller's.
        max_errors: strict: error lines kept (1000 when None); lenient: more rejected records
            than this fail the job.
        max_error_rate: lenient: a larger share of rejected records fails the job.
        batch_size: rows per record batch handed to a step; changes no result.
        threads: chunks that are worked on at once.
        memory_limit: bytes that the job may use; sizes the chunks and DuckDB's memory.
        report_path: the file that keeps the report; None: none does.
        profile: whether the report tells what the columns of the output hold.
        chunk_bytes: the size of chunks, where the memory is not to decide; changes no result.
    """

    job_id: str
    attempt: int
    source_type: str
    source_path: Path
    source_name: str
    delimiter: str | None
    null_values: tuple[str, ...]
    target_type: str | None
    staged_path: Path | None
    target_name: str
    schema_name: str | None
    transformations: tuple[Transformation, ...]
    validation_mode: ValidationMode
    max_errors: int | None
    max_error_rate: float | None
    batch_size: int
    rejects_path: Path
    spill_dir: Path
    threads: int
    memory_limit: int
    report_path: Path | None = None
    profile: bool = False
    chunk_bytes: int | None = None

    @property
    def max_reject_lines(self) -> int | None:
        """How many error lines are kept before reading ends; None: all, and it goes on."""
        if self.validation_mode != "strict":
            return None
        return STRICT_LINES if self.max_errors is None else self.max_errors

    @classmethod
    def from_json(cls, params: Mapping[str, Any]) -> "JobSpec":
        """Build a spec from the parameters of the `run_job` call.

        Parameters:
            params: the JSON object, its keys named as the attributes are, with `delimiter`
                and `null_values` inside `source_options`, and steps as names or `{type, …}`.

        Returns:
            The spec.

        Raises:
            KeyError: a member without a default is missing.
            TransformationError: a step is none.
        """
        options = params.get("source_options") or {}
        null_values = options.get("null_values")
        staged = params.get("staged_path")
        return cls(
            job_id=params["job_id"],
            attempt=params.get("attempt", 1),
            source_type=params["source_type"],
            source_path=Path(params["source_path"]),
            source_name=params.get("source_name") or params["source_path"],
            delimiter=options.get("delimiter"),
            null_values=("",) if null_values is None else tuple(null_values),
            target_type=params.get("target_type"),
            staged_path=None if staged is None else Path(staged),
            target_name=params.get("target_name") or str(staged),
            schema_name=params.get("schema_name"),
            transformations=parse_transformations(params.get("transformations") or ()),
            validation_mode=params.get("validation_mode") or "strict",
            max_errors=params.get("max_errors"),
            max_error_rate=params.get("max_error_rate"),
            batch_size=params.get("batch_size") or 65_536,
            rejects_path=Path(params["rejects_path"]),
            spill_dir=Path(params["spill_dir"]),
            threads=params.get("threads") or 1,
            memory_limit=params.get("memory_limit") or 1 << 30,
            report_path=None if params.get("report_path") is None else Path(params["report_path"]),
            profile=params.get("profile") or False,
        )
