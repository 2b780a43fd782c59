"""CSV: chunks of text cast to the columns of a schema."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from etl_polyglot.engine.chunks import MAX_RECORD_BYTES, cut_chunks
from etl_polyglot.engine.columns import check_columns
from etl_polyglot.engine.convert.faults import parse_errors, reject_uncast
from etl_polyglot.engine.convert.text import column_from_text
from etl_polyglot.engine.records import Chunk, Records, too_long
from etl_polyglot.engine.rows import Ordinals, Rejects, Rows, StepCount
from etl_polyglot.engine.sources.csv_dialect import CsvDialect
from etl_polyglot.engine.sources.csv_header import read_header
from etl_polyglot.engine.sources.csv_records import (
    find_boundary,
    find_faults,
    is_plain,
    is_utf8,
    wrong_width,
)
from etl_polyglot.engine.sources.csv_scan import scan_records
from etl_polyglot.engine.sources.csv_sound import sound_quotes, sound_records
from etl_polyglot.engine.sources.source import SourceRequest
from etl_polyglot.engine.sources.text import TextSource
from etl_polyglot.engine.stop import checkpoint
from etl_polyglot.schema.arrow import Array, nulls
from etl_polyglot.schema.columnar.judged import Mask
from etl_polyglot.schema.record import Column, RecordSchema

_LeaveOut = Callable[[pa_csv.InvalidRow], Literal["skip"]]
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
        self._judge = request.judge()
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
            rejects.add(locator, "parse", broken, parse_errors(broken))
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
        if is_plain(data) and is_utf8(data):
            try:
                text, faults = self._parse_ragged(data)
            except pa.ArrowInvalid:
                pass
            else:
                kept = np.delete(np.arange(text.num_rows + len(faults)), [*faults])
                return (text, *_of_chunk(records, broken, kept, faults))
        quotes = sound_quotes(data, self._dialect.delimiter, True)
        assert quotes is not None, "a chunk with unsound quotes comes with its records"
        found = sound_records(data, quotes, self._dialect)
        found = replace(found, broken=find_faults(data, quotes, found, self._dialect))
        data, kept, faults = _sound_part(data, found)
        return (self._parse(data), *_of_chunk(records, broken, kept, faults))

    def _parse_ragged(self, data: bytes) -> tuple[pa.RecordBatch, dict[int, str]]:
        """Read records, some of which may not have as many fields as the header; say which."""
        faults: dict[int, str] = {}

        def leave_out(row: pa_csv.InvalidRow) -> Literal["skip"]:
            assert row.number is not None, "one thread parses"
            faults[row.number - 1] = wrong_width(self._dialect, row.actual_columns)
            return "skip"

        return self._parse(data, leave_out), faults

    def _parse(self, data: bytes, leave_out: _LeaveOut | None = None) -> pa.RecordBatch:
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
                invalid_row_handler=leave_out,
            ),
            convert_options=pa_csv.ConvertOptions(
                column_types={name: pa.string() for name in names},
                include_columns=names,
                null_values=null_values,
                strings_can_be_null=bool(null_values),
                quoted_strings_can_be_null=False,
                check_utf8=False,  # of the whole it was told before, several times as fast
            ),
        )
        whole = table.combine_chunks().to_batches()
        return whole[0] if whole else self._parse(b"")  # where all records are left out

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
        reject_uncast(rows, text, failures, self._judge)


def _sound_part(data: bytes, records: Records) -> tuple[bytes, Ordinals, dict[int, str]]:
    """The sound records of a text, put together; which they are; and the faults of the others."""
    sound = np.ones(len(records), bool)
    sound[list(records.broken)] = False
    # Sound records that follow each other are taken together.
    first = sound & np.concatenate([[True], ~sound[:-1]])[: len(sound)]
    last = sound & np.concatenate([~sound[1:], [True]])[: len(sound)]
    extents = zip(records.starts[first].tolist(), records.ends[last].tolist(), strict=True)
    # CRLF, for a bare carriage return at the end of a record must not become part of a line end.
    joined = b"".join(data[start:end] + b"\r\n" for start, end in extents)
    return joined, np.flatnonzero(sound), records.broken


def _of_chunk(
    records: Ordinals | None, broken: dict[int, str], kept: Ordinals, faults: Mapping[int, str]
) -> tuple[Ordinals, dict[int, str]]:
    """The records that were kept, and all that are broken, by their places in the chunk.

    Parameters:
        records: the places of those that were read; None: all of the chunk were.
        broken: why others were not.
        kept: which of those that were read are sound.
        faults: why others are not.
    """
    if records is None:
        return kept, dict(faults)
    found = {int(records[at]): reason for at, reason in faults.items()}
    return records[kept], broken | found
