"""CSV: chunks of text cast to the columns of a schema."""

import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from etl_polyglot.engine.chunks import MAX_RECORD_BYTES, cut_chunks
from etl_polyglot.engine.columns import check_columns
from etl_polyglot.engine.convert.faults import parse_error, reject_uncast
from etl_polyglot.engine.convert.text import column_from_text
from etl_polyglot.engine.records import Chunk, Records, too_long
from etl_polyglot.engine.rows import Ordinals, Rejects, Rows, StepCount
from etl_polyglot.engine.sources.csv_dialect import CsvDialect
from etl_polyglot.engine.sources.csv_header import read_header
from etl_polyglot.engine.sources.csv_records import (
    find_boundary,
    find_faults,
    is_plain,
    sound_quotes,
    sound_records,
)
from etl_polyglot.engine.sources.csv_scan import scan_records
from etl_polyglot.engine.sources.source import SourceRequest
from etl_polyglot.engine.sources.text import TextSource
from etl_polyglot.engine.stop import checkpoint
from etl_polyglot.schema.arrow import Array, nulls
from etl_polyglot.schema.columnar.judged import Mask
from etl_polyglot.schema.record import Column, RecordSchema

_BOM = b"\xef\xbb\xbf"


class CsvSource(TextSource):
    """A CSV file with a header, in UTF-8, its lines ended by LF or CRLF.

    Parameters:
        request: how the job wants it read.
        schema: the record schema.
        max_record_bytes: longer records are rejected.

    Raises:
        JobError: `COLUMNS_MISMATCH` when the header is not that of the schema,
            `INPUT_CORRUPT` when there is no header that can be read.
    """

    def __init__(
        self,
        request: SourceRequest,
        schema: RecordSchema,
        max_record_bytes: int = MAX_RECORD_BYTES,
    ) -> None:
        super().__init__(request, schema, max_record_bytes)
        self._header = read_header(request.file, request.delimiter)
        check_columns(self._header.names, schema, request.source_name)
        self._dialect = CsvDialect(
            self._header.delimiter.encode(), len(self._header.names), max_record_bytes
        )
        found = set(self._header.names)
        self._present = [column.name for column in schema.columns if column.name in found]
        self.columns = schema.text_schema

    def chunks(self) -> Iterator[Chunk]:
        """Cut the file at record boundaries, quoted line ends not among them."""
        return cut_chunks(
            self._request.file,
            self._header.end,
            1 + self._header.lines,
            partial(find_boundary, self._dialect),
            self._request.chunk_bytes,
            self._dialect.max_record_bytes,
        )

    def read(self, chunk: Chunk) -> Rows:
        """Read a chunk as text, then cast it column by column."""
        began = time.perf_counter()
        locator, rejects = self.locator(chunk), Rejects(self._request.source_name)
        text, records, broken = self._fields(chunk)
        if broken:
            faults = sorted(broken.items())
            rejects.add(locator, "parse", broken, ((r, parse_error(why)) for r, why in faults))
        parsed = time.perf_counter()
        rows = Rows(text, records, locator, rejects, len(records) + len(broken))
        self._cast(rows)
        rows.steps = [
            StepCount("read", rows.read, len(records), parsed - began),
            StepCount("cast", len(records), len(rows.records), time.perf_counter() - parsed),
        ]
        return rows

    def find_records(self, chunk: Chunk) -> Records:
        """Find the records of a chunk, of which cutting it may have told already."""
        if chunk.records is not None:
            return chunk.records
        if len(chunk.data) <= self._dialect.max_record_bytes:
            quotes = sound_quotes(chunk.data, self._dialect.delimiter, True)
            if quotes is not None:
                return sound_records(chunk.data, quotes, self._dialect)
        return scan_records(self._dialect, chunk.data, True)[0]

    def _fields(self, chunk: Chunk) -> tuple[pa.RecordBatch, Ordinals, dict[int, str]]:
        """Read the fields of a chunk's sound records as text, and say why others are broken."""
        if chunk.oversized:
            reason = too_long(self._dialect.max_record_bytes)
            return self._parse(b""), np.empty(0, np.int64), {0: reason}
        data = chunk.data
        records: Ordinals | None = None
        broken: dict[int, str] = {}
        if chunk.records is not None:
            data, records, broken = _sound_part(data, chunk.records)
        if is_plain(data):
            try:
                text = self._parse(data)
            except pa.ArrowInvalid:
                pass
            else:
                return text, np.arange(text.num_rows) if records is None else records, broken
        quotes = sound_quotes(data, self._dialect.delimiter, True)
        assert quotes is not None, "a chunk with unsound quotes comes with its records"
        found = sound_records(data, quotes, self._dialect)
        found = replace(found, broken=find_faults(data, quotes, found, self._dialect))
        data, kept, faults = _sound_part(data, found)
        if records is None:
            return self._parse(data), kept, faults
        broken = broken | {int(records[at]): reason for at, reason in faults.items()}
        return self._parse(data), records[kept], broken

    def _parse(self, data: bytes) -> pa.RecordBatch:
        names = self._present
        if not data.lstrip(b"\r\n") and (self._dialect.width > 1 or not data):
            return pa.RecordBatch.from_arrays([pa.array([], pa.string()) for _ in names], names)
        if not data.endswith(b"\n"):
            data += b"\n"  # Arrow takes an empty last field without it for a quoted one
        if data.startswith(_BOM):
            data = _BOM + data  # Arrow drops one at the beginning, here of a chunk
        null_values = list(self._request.null_values)
        stream: Any = pa.BufferReader(data)
        table = pa_csv.read_csv(
            stream,
            read_options=pa_csv.ReadOptions(
                column_names=self._header.names, use_threads=False, block_size=len(data) + 1
            ),
            parse_options=pa_csv.ParseOptions(
                delimiter=self._header.delimiter,
                quote_char='"' if b'"' in data else False,
                newlines_in_values=b'"' in data,
                ignore_empty_lines=self._dialect.width > 1,
            ),
            convert_options=pa_csv.ConvertOptions(
                column_types={name: pa.string() for name in names},
                include_columns=names,
                null_values=null_values,
                strings_can_be_null=bool(null_values),
                quoted_strings_can_be_null=False,
            ),
        )
        return table.combine_chunks().to_batches()[0]

    def _cast(self, rows: Rows) -> None:
        text = rows.batch
        arrays: list[Array] = []
        failures: list[tuple[Column, Mask]] = []
        present = set(self._present)
        for column in self._schema.columns:
            checkpoint()
            if column.name not in present:
                arrays.append(nulls(text.num_rows, column.text_type))
                continue
            array, failed = column_from_text(column, text.column(column.name))
            arrays.append(array)
            if failed is not None:
                failures.append((column, failed))
        rows.batch = pa.RecordBatch.from_arrays(arrays, schema=self.columns)
        reject_uncast(rows, text, failures)


def _sound_part(data: bytes, records: Records) -> tuple[bytes, Ordinals, dict[int, str]]:
    """The sound records of a text, put together; which they are; and the faults of the others."""
    sound = np.ones(len(records), bool)
    sound[list(records.broken)] = False
    extents = zip(records.starts[sound].tolist(), records.ends[sound].tolist(), strict=True)
    # CRLF, for a bare carriage return at the end of a record must not become part of a line end.
    joined = b"".join(data[start:end] + b"\r\n" for start, end in extents)
    return joined, np.flatnonzero(sound), records.broken
