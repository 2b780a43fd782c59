"""What the JSON formats share: chunks of JSON texts read into the columns of a schema."""

import re
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from etl_polyglot.engine.chunks import MAX_RECORD_BYTES, recall
from etl_polyglot.engine.convert.faults import cast_error, parse_error
from etl_polyglot.engine.convert.values import Fitted, fit_rows
from etl_polyglot.engine.records import Chunk, Records, TextLocator, too_long
from etl_polyglot.engine.rows import Locator, Rejects, Rows, StepCount
from etl_polyglot.engine.sources.source import LazyLocator, SourceRequest
from etl_polyglot.schema.arrow import Array
from etl_polyglot.schema.json_text import MAX_DEPTH, parse_json
from etl_polyglot.schema.record import RecordSchema
from etl_polyglot.schema.validator import SET_ASIDE


class JsonRowsSource:
    """The reading of JSON records; a format says where its records lie.

    A row that says more than its columns can (a wrong type, a null that is not admitted, an
    unknown key) goes on as its JSON text in the column `$row` and is judged from there. Where
    nothing is validated, a value of the wrong type is a failed cast and the rest is let be.

    Parameters:
        request: how the job wants it read.
        schema: the record schema.
        max_record_bytes: longer records are rejected.
    """

    def __init__(
        self,
        request: SourceRequest,
        schema: RecordSchema,
        max_record_bytes: int = MAX_RECORD_BYTES,
    ) -> None:
        self._request = request
        self._schema = schema
        self._max_record_bytes = max_record_bytes
        self.columns = schema.text_schema
        if request.validated:
            self.columns = self.columns.append(pa.field(SET_ASIDE, pa.string()))

    def find_records(self, chunk: Chunk) -> Records:
        """Find the records of a chunk."""
        raise NotImplementedError

    def read(self, chunk: Chunk) -> Rows:
        """Parse the records of a chunk and lay them out in columns."""
        began = time.perf_counter()
        locator, rejects = self.locator(chunk), Rejects(self._request.path)
        records = self._records(chunk)
        values, kept, faults = self._parse(chunk, records)
        rejects.add(locator, "parse", faults)
        parsed = time.perf_counter()
        ordinals = np.array(kept, np.int64)
        fitted = fit_rows(
            self._schema.columns, self._schema.judges_others, self._schema.judges_presence, values
        )
        arrays = fitted.arrays
        if self._request.validated:
            arrays = [*arrays, _set_aside(chunk, records, kept, fitted)]
        batch = pa.RecordBatch.from_arrays(arrays, schema=self.columns)
        rows = Rows(batch, ordinals, locator, rejects, len(records))
        if not self._request.validated and fitted.wrong:
            _reject_wrong(rows, values, fitted)
        rows.steps = [
            StepCount("read", len(records), len(kept), parsed - began),
            StepCount("cast", len(kept), len(rows.records), time.perf_counter() - parsed),
        ]
        return rows

    def forget(self, chunk: Chunk) -> Chunk:
        """The chunk without its bytes."""
        return replace(chunk, data=b"")

    def locator(self, chunk: Chunk) -> Locator:
        """Describe records by line, byte offset and raw text."""

        def make() -> TextLocator:
            whole = chunk if chunk.data else recall(self._request.file, chunk)
            return TextLocator(whole, self._records(whole))

        return LazyLocator(make)

    def _records(self, chunk: Chunk) -> Records:
        if chunk.oversized:
            return Records(np.zeros(1, np.int64), np.array([len(chunk.data)]))
        return self.find_records(chunk)

    def _parse(
        self, chunk: Chunk, records: Records
    ) -> tuple[list[Any], list[int], list[tuple[int, dict[str, Any]]]]:
        values: list[Any] = []
        kept: list[int] = []
        faults: list[tuple[int, dict[str, Any]]] = []
        extents = zip(records.starts.tolist(), records.ends.tolist(), strict=True)
        for record, (start, end) in enumerate(extents):
            if end - start > self._max_record_bytes or chunk.oversized:
                faults.append((record, parse_error(too_long(self._max_record_bytes))))
                continue
            try:
                values.append(_strict(bytes(chunk.data[start:end])))
            except orjson.JSONDecodeError as error:
                faults.append((record, parse_error(f"JSON; {error.msg}")))
            except ValueError as error:
                faults.append((record, parse_error(f"JSON; {error}")))
            else:
                kept.append(record)
        return values, kept, faults


_LOOSE_KEY = re.compile(rb'"\s+:')


def _strict(text: bytes) -> Any:
    """Parse a record; raises ValueError also for a key that stands twice, or what lies too deep."""
    value = orjson.loads(text)
    # No member is lost where there are as many as keys were written. A text that only looks as if
    # it had more keys is read again, slowly.
    if _LOOSE_KEY.search(text) or _members(value) != text.count(b'":'):
        parse_json(text.decode())
    return value


def _members(value: Any, levels: int = MAX_DEPTH) -> int:
    """Count the members of a value's objects, in all."""
    if type(value) is not dict and type(value) is not list:
        return 0
    if not levels:
        raise ValueError(f"nested more than {MAX_DEPTH} levels deep")
    items, own = (value.values(), len(value)) if type(value) is dict else (value, 0)
    return own + sum(_members(one, levels - 1) for one in items if type(one) in (dict, list))


def _set_aside(chunk: Chunk, records: Records, kept: Sequence[int], fitted: Fitted) -> Array:
    texts: list[str | None] = [None] * len(kept)
    for row in {*fitted.wrong, *fitted.loose}:
        record = kept[row]
        raw = chunk.data[records.starts[record] : records.ends[record]]
        texts[row] = raw.decode("utf-8")
    return pa.array(texts, pa.string())


def _reject_wrong(rows: Rows, values: list[Any], fitted: Fitted) -> None:
    wrong = sorted(fitted.wrong.items())
    rows.rejects.add(
        rows.locator,
        "cast",
        (
            (
                int(rows.records[row]),
                cast_error(column, values[row] if column is None else values[row][column.name]),
            )
            for row, columns in wrong
            for column in columns
        ),
    )
    sound = np.ones(len(values), bool)
    sound[[row for row, _ in wrong]] = False
    rows.keep(sound)
