"""Groups of equal rows in the whole data: the smallest query, over the key columns alone."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.types as pat

from etl_polyglot.engine.staging import OrderedRows
from etl_polyglot.engine.transforms.workspace import Workspace
from etl_polyglot.schema.arrow import Array, pc

SEQUENCE = "sequence"
"""The place of a row among all, as a column of the query."""

PLACE = "place"
"""The row that a group stands for, as a column of its result."""

_ROWS = "keyed"
_READ_ROWS = 65_536


@dataclass(frozen=True, slots=True)
class Operand:
    """Columns of the query that are made of one column of the rows.

    Attributes:
        column: of the rows.
        fields: of the query.
        make: makes those of that, for the rows of one part.
    """

    column: str
    fields: tuple["pa.Field[Any]", ...]
    make: Callable[[Array], list[Array]]


@dataclass(frozen=True, slots=True)
class Grouping:
    """Which rows are equal, and what is to be known of them.

    Attributes:
        keys: rows that have the same values here are a group.
        with_nulls: whether a null equals a null; else rows with one are in no group.
        place: which row stands for the group: `min` of the sequence is the first, `max` the last.
        operands: what the expressions are computed of.
        expressions: SQL aggregates, given along.
    """

    keys: tuple[str, ...]
    with_nulls: bool
    place: str = "min"
    operands: tuple[Operand, ...] = ()
    expressions: tuple[str, ...] = field(default=())

    def find(self, parts: Sequence[OrderedRows], workspace: Workspace) -> "Groups":
        """Find the groups of all rows; runs long.

        Raises:
            JobError: `DISK_FULL`, `MEMORY_LIMIT` or `JOB_FAILED`.
        """
        path = workspace.new_file()
        if not parts:
            return Groups(path, [], [])
        schema = self._schema(parts[0].columns)
        batches = self._batches(parts, schema, workspace)
        firsts: list[int] = []
        with workspace.connected() as connection:
            connection.register(_ROWS, pa.RecordBatchReader.from_batches(schema, batches))
            reader = connection.sql(self._query()).to_arrow_reader(_READ_ROWS)
            with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, reader.schema) as out:
                for batch in reader:
                    workspace.check()
                    if batch.num_rows:
                        firsts.append(batch.column(0)[0].as_py())
                        out.write_batch(batch)
        return Groups(path, firsts, reader.schema.names[1:])

    def _schema(self, columns: pa.Schema) -> pa.Schema:
        keys = [
            pa.field(f"k{place}", comparable(columns.field(name).type))
            for place, name in enumerate(self.keys)
        ]
        operands = [field for operand in self.operands for field in operand.fields]
        return pa.schema([*keys, *operands, pa.field(SEQUENCE, pa.int64())])

    def _query(self) -> str:
        values = "".join(
            f", {expression} AS v{place}" for place, expression in enumerate(self.expressions)
        )
        keys = ", ".join(f"k{place}" for place in range(len(self.keys)))
        chosen = f"SELECT {self.place}({SEQUENCE}) AS {PLACE}{values} FROM {_ROWS}"
        grouped = f"GROUP BY {keys}" if keys else "HAVING count(*) > 0"
        return f"{chosen} {grouped} ORDER BY {PLACE}"

    def _batches(
        self, parts: Sequence[OrderedRows], schema: pa.Schema, workspace: Workspace
    ) -> Iterator[pa.RecordBatch]:
        names = list(dict.fromkeys([*self.keys, *(one.column for one in self.operands)]))
        for part in parts:
            workspace.check()
            rows = part.read(names)
            keys = [
                rows.column(name).cast(field.type)
                for name, field in zip(self.keys, schema, strict=False)
            ]
            made = [one for each in self.operands for one in each.make(rows.column(each.column))]
            sequence = pa.array(np.arange(part.first_row, part.first_row + part.rows))
            batch = pa.RecordBatch.from_arrays([*keys, *made, sequence], schema=schema)
            if not self.with_nulls and any(key.null_count for key in keys):
                whole = np.logical_and.reduce([np.asarray(pc.is_valid(key)) for key in keys])
                batch = batch.filter(pa.array(whole))
            yield batch


@dataclass(frozen=True, slots=True)
class Groups:
    """Groups that were found, in the order of the rows that stand for them, in a file.

    They are not held in memory, however many there are.

    Attributes:
        path: the file.
        firsts: the place of the first group of each batch in it.
        values: the names of the columns beside the place.
    """

    path: Path
    firsts: list[int]
    values: list[str]

    def between(self, start: int, end: int) -> pa.Table | None:
        """Read the groups whose rows lie from `start` on and before `end`; None: there are none."""
        first = max(bisect_left(self.firsts, start + 1) - 1, 0)
        last = bisect_left(self.firsts, end)
        if first >= last:
            return None
        with pa.memory_map(str(self.path)) as file:
            reader = pa.ipc.open_file(file)
            table = pa.Table.from_batches([reader.get_batch(at) for at in range(first, last)])
        places = table.column(PLACE).to_numpy()
        low, high = np.searchsorted(places, [start, end])
        return table.slice(low, high - low) if high > low else None


def comparable(found: pa.DataType) -> pa.DataType:
    """A type that DuckDB takes and whose values are equal, and ordered, just when those of the
    given one are; equal only, where that is decimal256."""
    if isinstance(found, pa.DictionaryType):
        return comparable(found.value_type)
    # For instants DuckDB asks for its time zone extension; its times end with microseconds.
    if pat.is_timestamp(found) or pat.is_time64(found) or pat.is_duration(found):
        return pa.int64()
    if pat.is_date64(found):
        return pa.int64()
    if pat.is_decimal256(found):
        return pa.string()
    return pa.float32() if pat.is_float16(found) else found
