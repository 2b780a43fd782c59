"""`DataFrameValidator`: judges frames by a record schema, in chunks and on all cores."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
from pydantic import BaseModel

from etl_polyglot.extensions.problem import ExtensionsError
from etl_polyglot.frames.chunks import Chunk, chunks_of
from etl_polyglot.frames.judge import ChunkJudge, ChunkVerdict
from etl_polyglot.frames.report import FrameReport
from etl_polyglot.frames.schemas import record_schema_of
from etl_polyglot.rules.declared import misdeclared
from etl_polyglot.rules.rule import BusinessRule
from etl_polyglot.schema.errors import ErrorRecord
from etl_polyglot.schema.record import RecordSchema

CHUNK_ROWS = 131_072
"""Rows that are judged at a time; it changes neither a verdict nor the order of errors."""


class DataFrameValidator:
    """Judges every row of a frame by a record schema, as the HTTP API judges records.

    ```python
    report = DataFrameValidator(UserRecord).validate_dataframe(df)
    report.valid_frame
    ```

    Columns are judged by pyarrow kernels; only rows that a kernel refuses or cannot judge go to
    Pydantic. docs/dataframes.md says what the values of each dtype stand for.

    Parameters:
        schema: a generated record class (`UserRecord`), or a RecordSchema of your own
            (`compile_schema("order.schema.json")`).
        rules: a list of business rules of that schema, functions made so by `@rule`; they are
            asked about the rows that the schema accepts.

    Raises TypeError for a class that no schema was compiled to and for a rule that is none,
    ValueError for a rule of another schema or of a member that it lacks, and for two of one name.
    """

    def __init__(
        self, schema: type[BaseModel] | RecordSchema, rules: Iterable[BusinessRule] = ()
    ) -> None:
        self.schema = record_schema_of(schema)
        self._judge = ChunkJudge(self.schema, _rules_of(self.schema, rules))

    def validate_dataframe(
        self,
        df: Any,
        *,
        max_errors: int | None = 1000,
        threads: int | None = None,
    ) -> FrameReport:
        """Judge a frame's rows.

        Parameters:
            df: a pandas.DataFrame, pyarrow.Table or RecordBatch, or anything that exports an
                Arrow stream, such as a Polars frame or a DuckDB relation; it is not changed.
                Its index is no data.
            max_errors: the length of the list of errors, None for all; counts are always exact.
            threads: how many chunks are judged at a time, by default one a core; it changes
                neither a verdict nor the order of errors.

        Returns the report. Raises TypeError where `df` is no frame, FrameError where two of its
        columns have one name or one has a name that is no string, ValueError where `max_errors`
        is below 0 or `threads` below 1, RuleFailedError where a rule gives no verdict.
        """
        if max_errors is not None and max_errors < 0:
            raise ValueError(f"max_errors={max_errors}: must be 0 or more, or None for all errors")
        if threads is not None and threads < 1:
            raise ValueError(f"threads={threads}: must be 1 or more, or None for one a core")
        started = time.perf_counter()
        errors: list[ErrorRecord] = []
        masks = [np.ones(0, dtype=np.bool_)]
        truncated = False

        def wanted() -> int | None:
            return None if max_errors is None else max(0, max_errors - len(errors))

        first = 0
        chunks = chunks_of(df, CHUNK_ROWS)
        for verdict in self._verdicts(chunks, threads or _cores(), wanted):
            for record in verdict.errors:
                record["index"] += first
            errors += verdict.errors
            truncated |= verdict.truncated
            masks.append(verdict.valid)
            first += len(verdict.valid)
        if max_errors is not None and len(errors) > max_errors:
            truncated = True
            del errors[max_errors:]
        mask = np.concatenate(masks)
        valid_records = int(np.count_nonzero(mask))
        return FrameReport(
            valid=valid_records == len(mask),
            total_records=len(mask),
            valid_records=valid_records,
            invalid_records=len(mask) - valid_records,
            errors=errors,
            errors_truncated=truncated,
            duration_ms=(time.perf_counter() - started) * 1000,
            mask=mask,
            _frame=df,
        )

    def _verdicts(
        self, chunks: Iterator[Chunk], threads: int, wanted: Callable[[], int | None]
    ) -> Iterator[ChunkVerdict]:
        """Judge chunks side by side and yield their verdicts in order; few are held at a time."""
        if threads == 1:
            for chunk in chunks:
                yield self._judge(chunk, wanted())
            return
        waiting: deque[Future[ChunkVerdict]] = deque()
        with ThreadPoolExecutor(threads, thread_name_prefix="etl-validate") as pool:
            for chunk in chunks:
                waiting.append(pool.submit(self._judge, chunk, wanted()))
                if len(waiting) > threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()


def _rules_of(schema: RecordSchema, rules: Iterable[BusinessRule]) -> tuple[BusinessRule, ...]:
    if isinstance(rules, BusinessRule):
        raise TypeError(f"rules must be a list: write rules=[{rules.name}]")
    chosen = tuple(rules)
    for one in chosen:
        if not isinstance(one, BusinessRule):
            raise TypeError(f"{one!r} is no rule: write @rule({schema.name!r}) above the function")
        if one.schema != schema.name:
            raise ValueError(f"{one.name} is a rule of {one.schema}, not of {schema.name}")
    problems = tuple(misdeclared(chosen, schema))
    if problems:
        raise ExtensionsError(problems)
    return chosen


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
