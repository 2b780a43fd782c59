"""What the JSON formats share: chunks of JSON texts read into the columns of a schema."""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import orjson
import pyarrow as pa

from etl_polyglot.engine.chunks import MAX_RECORD_BYTES
from etl_polyglot.engine.convert.faults import cast_error, parse_errors
from etl_polyglot.engine.convert.json_text import parse_json
from etl_polyglot.engine.convert.values import Fitted, fit_rows
from etl_polyglot.engine.records import Chunk, Records, too_long
from etl_polyglot.engine.rows import Rejects, Rows, StepCount
from etl_polyglot.engine.sources.source import SourceRequest
from etl_polyglot.engine.sources.text import TextSource
from etl_polyglot.engine.stop import checkpoint
from etl_polyglot.schema.arrow import Array, concat_batches
from etl_polyglot.schema.errors import ErrorRecord, shown
from etl_polyglot.schema.findings import one_by_one
from etl_polyglot.schema.record import Column, RecordSchema
from etl_polyglot.schema.validator import SET_ASIDE

_PART_RECORDS = 4096
_PART_BYTES = 1024 * 1024


class _Part(NamedTuple):
    """What some of the records of a chunk became.

    Attributes:
        batch: the rows of those that are JSON.
        records: the places of these in the chunk.
        broken: why the others are none, by their places.
        wrong: the columns that a value does not fit, by its record's place; None stands for a
            record that is no object.
        seconds: how long it took to parse, and how long to lay out.
    """

    batch: pa.RecordBatch
    records: list[int]
    broken: dict[int, str]
    wrong: dict[int, list[Column | None]]
    seconds: tuple[float, float]


class JsonRowsSource(TextSource):
    """The reading of JSON records; a format says where its records lie.

    A row that says more than its columns can (a wrong type, a null that is not admitted, an
    unknown key) goes on as its JSON text in the column `$row` and is judged from there. Where
    nothing is validated, a value of the wrong type is a failed cast and the rest is let be.

    Values are Python objects, ten times as large as their text, so the records of a chunk are
    parsed in parts.

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
        super().__init__(request, schema, max_record_bytes)
        self.columns = schema.text_schema
        if request.validated:
            self.columns = self.columns.append(pa.field(SET_ASIDE, pa.string()))

    def read(self, chunk: Chunk) -> Rows:
        """Parse the records of a chunk and lay them out in columns."""
        locator, rejects = self.locator(chunk), Rejects(self._request.source_name)
        records = self._records(chunk)
        parts = [self._read_part(chunk, records, places) for places in _places(records)]
        batch = concat_batches(
            [pa.RecordBatch.from_pylist([], self.columns), *(p.batch for p in parts)]
        )
        kept = np.array([record for part in parts for record in part.records], np.int64)
        rows = Rows(batch, kept, locator, rejects, len(records))
        broken = {record: why for part in parts for record, why in part.broken.items()}
        if broken:
            rejects.add(locator, "parse", broken, parse_errors(broken))
        wrong = {record: columns for part in parts for record, columns in part.wrong.items()}
        if wrong and not self._request.validated:
            errors = one_by_one(_cast_errors(chunk, records, wrong), _PART_RECORDS)
            rejects.add(locator, "cast", wrong, errors)
            rows.keep(~np.isin(kept, list(wrong)))
        parsing, fitting = np.sum([(0.0, 0.0), *(part.seconds for part in parts)], axis=0).tolist()
        rows.steps = [
            StepCount("read", len(records), len(kept), parsing),
            StepCount("cast", len(kept), len(rows.records), fitting),
        ]
        return rows

    def _read_part(self, chunk: Chunk, records: Records, places: range) -> _Part:
        checkpoint()
        began = time.perf_counter()
        values: list[Any] = []
        kept: list[int] = []
        broken: dict[int, str] = {}
        within = slice(places.start, places.stop)
        extents = zip(records.starts[within].tolist(), records.ends[within].tolist(), strict=True)
        for record, (start, end) in zip(places, extents, strict=True):
            if end - start > self._max_record_bytes or chunk.oversized:
                broken[record] = too_long(self._max_record_bytes)
                continue
            try:
                values.append(parse_json(chunk.data[start:end]))
            except orjson.JSONDecodeError as error:
                broken[record] = _expected(chunk.data[start:end], error)
            else:
                kept.append(record)
        parsed = time.perf_counter()
        fitted = fit_rows(
            self._schema.columns,
            self._schema.judges_others,
            self._schema.judges_presence,
            values,
            exact=self._request.validated,
        )
        arrays = fitted.arrays
        if self._request.validated:
            arrays = [*arrays, _set_aside(chunk, records, kept, fitted)]
        batch = pa.RecordBatch.from_arrays(arrays, schema=self.columns)
        wrong = {kept[row]: columns for row, columns in sorted(fitted.wrong.items())}
        seconds = parsed - began, time.perf_counter() - parsed
        return _Part(batch, kept, broken, wrong, seconds)


def _expected(text: bytes, error: orjson.JSONDecodeError) -> str:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return "UTF-8"
    return f"JSON; {error.msg}"


def _places(records: Records) -> Iterator[range]:
    """Cut the records of a chunk into parts that are parsed in no time."""
    start = 0
    while start < len(records):
        within = records.starts[start] + _PART_BYTES
        stop = int(np.searchsorted(records.ends, within, side="right"))
        stop = min(max(stop, start + 1), start + _PART_RECORDS, len(records))
        yield range(start, stop)
        start = stop


def _set_aside(chunk: Chunk, records: Records, kept: Sequence[int], fitted: Fitted) -> Array:
    texts: list[str | None] = [None] * len(kept)
    for row in {*fitted.wrong, *fitted.loose}:
        record = kept[row]
        raw = chunk.data[records.starts[record] : records.ends[record]]
        texts[row] = raw.decode("utf-8")
    return pa.array(texts, pa.string())


def _cast_errors(
    chunk: Chunk, records: Records, wrong: Mapping[int, Sequence[Column | None]]
) -> Iterator[tuple[int, ErrorRecord]]:
    for record, columns in wrong.items():
        checkpoint()
        value = parse_json(chunk.data[records.starts[record] : records.ends[record]])
        for column in columns:
            found = value if column is None else value[column.name]
            yield record, {**cast_error(column), "value": shown(found)}
