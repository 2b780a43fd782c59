"""A schema drafted from a small file, as a test asks for it."""

import itertools
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl_polyglot.infer.infer import Inferred, infer_schema
from etl_polyglot.infer.request import InferRequest

from .support import Infer


@pytest.fixture
def infer(tmp_path_factory: pytest.TempPathFactory) -> Infer:
    """Drafts a schema from text, JSON records, an Arrow table, or a file."""
    numbers = itertools.count()

    def run(
        source: str | bytes | list[Any] | pa.Table | Path,
        source_type: str | None = None,
        null_values: tuple[str, ...] = ("",),
        delimiter: str | None = None,
    ) -> Inferred:
        folder = tmp_path_factory.mktemp(f"infer-{next(numbers)}")
        path = source if isinstance(source, Path) else _write(folder, source, source_type)
        source_type = source_type or path.suffix.removeprefix(".")
        work = folder / "work"
        work.mkdir()
        request = InferRequest(path, "sample", source_type, delimiter, null_values, work)
        return infer_schema(request)

    return run


def _write(folder: Path, source: Any, source_type: str | None) -> Path:
    if isinstance(source, pa.Table):
        path = folder / "in.parquet"
        pq.write_table(source, path)
    elif isinstance(source, list):
        path = folder / f"in.{source_type or 'ndjson'}"
        path.write_text("".join(f"{json.dumps(row)}\n" for row in source), "utf-8")
    else:
        path = folder / f"in.{source_type or 'csv'}"
        path.write_bytes(source.encode() if isinstance(source, str) else source)
    return path
