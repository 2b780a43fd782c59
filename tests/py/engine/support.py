"""What a test sees of a job that ended."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from etl_polyglot.engine.job import JobError
from etl_polyglot.engine.rows import Rejects, Rows
from etl_polyglot.engine.transforms.normalize import Normalize
from etl_polyglot.schema.record import RecordSchema


@dataclass
class Ended:
    """A job that ended: well, with `result`, or with `error`."""

    staged: Path
    result: dict[str, Any] | None
    error: JobError | None
    rejects: list[dict[str, Any]]
    events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """The counts of the result or the error."""
        counts = self.error.counts if self.error else (self.result or {})["counts"]
        return {name: count for name, count in counts.items() if count}

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of the staged output."""
        return pq.read_table(self.staged).to_pylist()

    @property
    def code(self) -> str | None:
        """The code of the error."""
        return None if self.error is None else self.error.code


RunJob = Callable[..., Ended]


def normalized_batch(batch: pa.RecordBatch, schema: RecordSchema | None) -> dict[str, list[Any]]:
    """What the step `normalize` makes of a batch."""
    none: Any = None
    rows = Rows(batch, np.arange(batch.num_rows), none, Rejects(""), batch.num_rows)
    Normalize(schema).apply(rows)
    return rows.batch.to_pydict()
