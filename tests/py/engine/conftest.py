"""A job on a small file, as a test asks for it."""

import itertools
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from etl_polyglot.engine.job import JobError, JobSpec, run_job
from etl_polyglot.schema.registry import SchemaRegistry
from etl_polyglot.schema.rule import Rule

from .support import Ended, RunJob

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> SchemaRegistry:
    """The schemas of these tests, and the built-in `user`."""
    folder = tmp_path_factory.mktemp("schemas")
    for source in [
        *(Path(__file__).parent / "schemas").iterdir(),
        ROOT / "shared-schemas/records/user.schema.json",
    ]:
        (folder / source.name).write_bytes(source.read_bytes())
    return SchemaRegistry.load(folder, tmp_path_factory.mktemp("cache"))


@pytest.fixture
def job(tmp_path: Path, schemas: SchemaRegistry) -> RunJob:
    """Runs a job on the given bytes (or file), and checks what must hold after every job."""

    attempts = itertools.count(1)

    def run(
        source: bytes | str | Path,
        schema: str | None = "item",
        source_type: str = "csv",
        cancelled: Callable[[], bool] = lambda: False,
        on_event: Callable[[dict[str, Any]], None] = lambda event: None,
        rules: Sequence[Rule] = (),
        **params: Any,
    ) -> Ended:
        path = source if isinstance(source, Path) else tmp_path / f"in.{source_type}"
        if not isinstance(source, Path):
            path.write_bytes(source.encode() if isinstance(source, str) else source)
        staged = tmp_path / f"out-{next(attempts)}.parquet"
        defaults = {
            "job_id": "job",
            "attempt": 1,
            "source_type": source_type,
            "source_path": str(path),
            "target_type": "parquet",
            "staged_path": str(staged),
            "schema_name": schema,
            "validation_mode": "strict",
            "rejects_path": str(tmp_path / "rejects.ndjson"),
            "report_path": str(tmp_path / "report.json"),
            "spill_dir": str(tmp_path / "spill"),
            "threads": 2,
            "memory_limit": 256 * 1024 * 1024,
        }
        spec = JobSpec.from_json(defaults | params)
        events: list[dict[str, Any]] = []

        def emit(event: dict[str, Any]) -> None:
            events.append(event)
            on_event(event)

        result, error = None, None
        try:
            record = None if schema is None else schemas.get(schema)
            result = run_job(spec, record, emit, cancelled, rules)
        except JobError as raised:
            error = raised
        assert not list(spec.spill_dir.glob("*")), "nothing is left in the spill folder"
        if spec.staged_path == staged:
            assert staged.exists() == (result is not None and result["output"] is not None)
        kept = spec.rejects_path.is_file()  # not so /dev/full
        lines = spec.rejects_path.read_text("utf-8").splitlines() if kept else []
        return Ended(staged, result, error, [json.loads(line) for line in lines], events)

    return run
