"""Groups of equal rows in the whole data: the smallest query, over the key columns alone."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import duckdb
import numpy as np
import pyarrow as pa

from etl_polyglot.engine.staging import OrderedRows
from etl_polyglot.engine.transforms.groups import PLACE, GroupFile, Groups
from etl_polyglot.engine.transforms.operands import Expression, Operand
from etl_polyglot.engine.transforms.workspace import Workspace
from etl_polyglot.schema.arrow import pc

SEQUENCE = "sequence"
"""The place of a row among all, as a column of the query."""

_ROWS = "keyed"
_READ_ROWS = 65_536

_EXPRESSIONS = 16
"""How many expressions one query computes."""

_GROUPED_SHARE = 0.8
"""How much of a query's work is done when it has taken all rows."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """Which rows are equal, and what is to be known of them.

    Attributes:
        keys: rows that have the same values here are a group.
        with_nulls: whether a null equals a null; else rows with one are in no group.
        place: which row stands for the group: `min` of the sequence is the first, `max` the last.
        expressions: computed of each group.
    """

    keys: tuple[Operand, ...]
    with_nulls: bool
    place: str = "min"
    expressions: tuple[Expression, ...] = ()

    def find(self, parts: Sequence[OrderedRows], workspace: Workspace) -> Groups:
        """Find the groups of all rows; runs long.

        One query computes no more than a few expressions, for which there is memory for many
        groups, and distinct values are counted each in a query of its own, which spills as
        DuckDB's own way does not; for every query the rows are gone through again.

        Raises:
            JobError: `DISK_FULL`, `MEMORY_LIMIT` or `JOB_FAILED`.
        """
        if not parts:
            return Groups(())
        queries = _queries(dict.fromkeys(self.expressions))
        began, files = workspace.share, []
        with workspace.connected() as connection:
            for done, query in enumerate(queries, 1):
                upto = began + (1 - began) * done / len(queries)
                one = replace(self, expressions=query)
                files.append(one._query(parts, workspace, connection, upto))
        return Groups(files)

    def _query(
        self,
        parts: Sequence[OrderedRows],
        workspace: Workspace,
        connection: duckdb.DuckDBPyConnection,
        upto: float,
    ) -> GroupFile:
        operands = {one.fields: one for each in self.expressions for one in each.operands}
        made = (*self.keys, *operands.values())
        fields = [field for operand in made for field in operand.fields]
        schema = pa.schema([*fields, pa.field(SEQUENCE, pa.int64())])
        taken = workspace.share + (upto - workspace.share) * _GROUPED_SHARE
        batches = self._batches(workspace.each(parts, taken), made, schema)
        rows = parts[-1].first_row + parts[-1].rows
        path, firsts = workspace.new_file(), list[int]()
        connection.register(_ROWS, pa.RecordBatchReader.from_batches(schema, batches))
        reader = connection.sql(self._sql()).to_arrow_reader(_READ_ROWS)
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, reader.schema) as out:
            for batch in reader:
                workspace.check()
                if batch.num_rows:
                    firsts.append(batch.column(0)[0].as_py())
                    out.write_batch(batch)
                    place = batch.column(0)[-1].as_py()
                    workspace.share = taken + (upto - taken) * place / rows
        return GroupFile(path, firsts, self.expressions)

    def _sql(self) -> str:
        values = "".join(f", {one.sql} AS v{at}" for at, one in enumerate(self.expressions))
        keys = ", ".join(field.name for key in self.keys for field in key.fields)
        place, rows = f"{self.place}({SEQUENCE})", _ROWS
        for distinct in filter(None, (one.distinct for one in self.expressions)):
            once = ", ".join(filter(None, (keys, distinct)))
            rows = f"(SELECT {once}, {place} AS {SEQUENCE} FROM {_ROWS} GROUP BY {once})"
        grouped = f"GROUP BY {keys}" if keys else "HAVING count(*) > 0"
        return f"SELECT {place} AS {PLACE}{values} FROM {rows} {grouped} ORDER BY {PLACE}"

    def _batches(
        self, parts: Iterator[OrderedRows], operands: Sequence[Operand], schema: pa.Schema
    ) -> Iterator[pa.RecordBatch]:
        names = list(dict.fromkeys(one.column for one in operands))
        for part in parts:
            rows = part.read(names)
            made = [one for each in operands for one in each.make(rows.column(each.column))]
            sequence = pa.array(np.arange(part.first_row, part.first_row + part.rows))
            batch = pa.RecordBatch.from_arrays([*made, sequence], schema=schema)
            keys = made[: len(self.keys)]
            if not self.with_nulls and any(key.null_count for key in keys):
                whole = np.logical_and.reduce([np.asarray(pc.is_valid(key)) for key in keys])
                batch = batch.filter(pa.array(whole))
            yield batch


def _queries(expressions: Iterable[Expression]) -> list[tuple[Expression, ...]]:
    """Which expressions are computed together; without any there is a query all the same."""
    alone = [(one,) for one in expressions if one.distinct is not None]
    together = tuple(one for one in expressions if one.distinct is None)
    parts = [together[at : at + _EXPRESSIONS] for at in range(0, len(together), _EXPRESSIONS)]
    return [*parts, *alone] or [()]
