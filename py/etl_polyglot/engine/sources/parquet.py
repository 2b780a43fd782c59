"""Parquet: the row groups of a file, cast to the columns of a schema."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.types as pat

from etl_polyglot.engine.columns import check_columns
from etl_polyglot.engine.convert.arrow import column_from_arrow, target_type
from etl_polyglot.engine.convert.faults import reject_uncast
from etl_polyglot.engine.convert.json_types import show_in_json_types
from etl_polyglot.engine.errors import JobError
from etl_polyglot.engine.file import SourceStream
from etl_polyglot.engine.rows import Locator, Rejects, Rows, StepCount
from etl_polyglot.engine.sources.source import SourceRequest
from etl_polyglot.schema.arrow import Array, nulls
from etl_polyglot.schema.columnar.judged import Mask
from etl_polyglot.schema.record import Column


@dataclass(frozen=True, slots=True)
class ParquetChunk:
    """Rows of one row group; without its batch when it is only remembered."""

    number: int
    row_group: int
    first_row: int
    end: int
    batch: pa.RecordBatch | None


@dataclass(frozen=True, slots=True)
class RowLocator:
    """Describes records by row group and row."""

    chunk: ParquetChunk

    def describe(self, records: Sequence[int]) -> list[dict[str, Any]]:
        """Return for each record its row group, and its row in it, both from 0."""
        group, first = self.chunk.row_group, self.chunk.first_row
        return [{"row_group": group, "row": first + record} for record in records]


class ParquetSource:
    """A Parquet file; a null is an absent value.

    Parameters:
        request: how the job wants it read; without a schema every column passes as it is.

    Raises:
        JobError: `INPUT_CORRUPT` when it is no Parquet file (`SOURCE_CHANGED` when it was
            changed meanwhile), `COLUMNS_MISMATCH` when a column is missing, unknown, or of a
            type that the schema's cannot come from.
    """

    def __init__(self, request: SourceRequest) -> None:
        self._request = request
        self._schema = request.schema
        stream: Any = SourceStream(request.file)
        with self._reading():
            self._file = pq.ParquetFile(
                stream,
                page_checksum_verification=True,
                coerce_int96_timestamp_unit="us",  # nanoseconds reach from 1677 to 2262 only
            )
        found = self._file.schema_arrow.remove_metadata()
        check_columns(found.names, request.schema, request.source_name)
        if request.schema is None:
            self.columns = pa.schema([pa.field(f.name, _decoded(f.type)) for f in found])
        else:
            self.columns = self._targets(request.schema.columns, found)

    def chunks(self) -> Iterator[ParquetChunk]:
        """Decode the row groups, a bounded number of rows at a time."""
        names = [name for name in self.columns.names if name in self._file.schema_arrow.names]
        metadata, number, done = self._file.metadata, 0, 0
        for group in range(metadata.num_row_groups):
            one = metadata.row_group(group)
            row_bytes = max(one.total_byte_size / max(one.num_rows, 1), 1)
            size = max(int(self._request.chunk_bytes / row_bytes), 1)
            first = 0
            with self._reading():
                batches = self._file.iter_batches(min(size, 131_072), [group], names)
            while True:
                with self._reading():
                    batch = next(batches, None)
                if batch is None:
                    break
                done += batch.num_rows
                end = int(self._request.file.size * done / max(metadata.num_rows, 1))
                yield ParquetChunk(number, group, first, end, batch)
                first += batch.num_rows
                number += 1

    def read(self, chunk: ParquetChunk) -> Rows:
        """Cast the columns of a chunk."""
        began = time.perf_counter()
        batch = chunk.batch
        assert batch is not None, "a chunk that is only remembered cannot be read"
        with self._reading():
            batch.validate(full=True)
        records = np.arange(batch.num_rows, dtype=np.int64)
        rows = Rows(
            batch, records, self.locator(chunk), Rejects(self._request.source_name), len(records)
        )
        self._cast(rows)
        seconds = time.perf_counter() - began
        rows.steps = [
            StepCount("read", rows.read, rows.read, 0.0),
            StepCount("cast", rows.read, len(rows.records), seconds),
        ]
        return rows

    def forget(self, chunk: ParquetChunk) -> ParquetChunk:
        """The chunk without its rows."""
        return replace(chunk, batch=None)

    def locator(self, chunk: ParquetChunk) -> Locator:
        """Describe records by row group and row."""
        return RowLocator(chunk)

    def _targets(self, columns: tuple[Column, ...], found: pa.Schema) -> pa.Schema:
        fields, problems = [], []
        for column in columns:
            at = found.get_field_index(column.name)
            target = column.text_type if at < 0 else target_type(column, found.field(at).type)
            if target is None:
                problems.append(
                    f"column {column.name!r} is {found.field(at).type}, which cannot become "
                    f"{column.kind}"
                )
            else:
                fields.append(pa.field(column.name, target))
        if problems:
            details = {"path": self._request.source_name, "reason": "; ".join(problems)}
            raise JobError("COLUMNS_MISMATCH", details)
        return pa.schema(fields)

    def _cast(self, rows: Rows) -> None:
        source = rows.batch
        if self._schema is None:
            plain = [source.column(field.name).cast(field.type) for field in self.columns]
            rows.batch = pa.RecordBatch.from_arrays(plain, schema=self.columns)
            return
        arrays: list[Array] = []
        failures: list[tuple[Column, Mask]] = []
        for column, field in zip(self._schema.columns, self.columns, strict=True):
            if source.schema.get_field_index(column.name) < 0:
                arrays.append(nulls(source.num_rows, field.type))
                continue
            array, failed = column_from_arrow(column, source.column(column.name), field.type)
            arrays.append(array)
            if failed is not None:
                failures.append((column, failed))
        rows.batch = pa.RecordBatch.from_arrays(arrays, schema=self.columns)
        shown = show_in_json_types(source, (column.name for column, _ in failures))
        reject_uncast(rows, shown, failures)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except pa.ArrowMemoryError:
            raise
        except (pa.ArrowException, OSError) as error:
            self._request.file.check_unchanged()
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            details = {"path": self._request.source_name, "format": "Parquet", "reason": reason}
            raise JobError("INPUT_CORRUPT", details) from error


def _decoded(found: pa.DataType) -> pa.DataType:
    """The plain form of a type that only encodes its values in another way."""
    if pat.is_dictionary(found):
        return _decoded(found.value_type)
    if pat.is_large_string(found) or pat.is_string_view(found):
        return pa.string()
    if pat.is_list(found) or pat.is_large_list(found) or pat.is_fixed_size_list(found):
        return pa.list_(found.value_field.with_type(_decoded(found.value_type)))
    if pat.is_struct(found):
        return pa.struct([member.with_type(_decoded(member.type)) for member in found])
    return found
