"""Deduplication of the whole data, larger than memory: the first or last of equals stays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from etl_polyglot.engine.rows import Names
from etl_polyglot.engine.staging import OrderedRows
from etl_polyglot.engine.transformations import Deduplication, Keep
from etl_polyglot.engine.transforms.columns import check_columns_of, check_comparable
from etl_polyglot.engine.transforms.grouping import Grouping
from etl_polyglot.engine.transforms.groups import Groups
from etl_polyglot.engine.transforms.operands import compared
from etl_polyglot.engine.transforms.whole_step import WholeStep
from etl_polyglot.engine.transforms.workspace import Workspace
from etl_polyglot.schema.columnar.judged import Mask
from etl_polyglot.schema.record import Column, RecordSchema


@dataclass(frozen=True, slots=True)
class Deduplicate(WholeStep):
    """Lets one of the rows with the same key stay, where it stands.

    Attributes:
        key: the key columns; empty compares whole records. A row with a null in its key is like
            no other, and stays; in whole records an absent value equals an absent one.
        keep: which one, by the order of the source.
        described: the columns of the record schema whose values stand in the rows, by name.
    """

    key: tuple[str, ...]
    keep: Keep = "first"
    described: Mapping[str, Column] = field(default_factory=dict)

    name = "deduplicate"
    reshapes = False

    @classmethod
    def of(
        cls,
        asked: Deduplication,
        schema: RecordSchema | None,
        described: Mapping[str, Column] | None = None,
    ) -> "Deduplicate":
        """The step that was asked for.

        Parameters:
            asked: what the request has.
            schema: the record schema; it has the key where the request has none.
            described: its columns that stand in the rows, by name; None: all.
        """
        default = () if schema is None else schema.primary_key
        if described is None:
            described = {} if schema is None else {one.name: one for one in schema.columns}
        return cls(default if asked.key is None else asked.key, asked.keep, described)

    def output(self, columns: pa.Schema) -> pa.Schema:
        """The same columns.

        Raises:
            JobError: `INVALID_REQUEST`: a key column is not there, or its values cannot be
                compared.
        """
        check_columns_of(self.name, self.key, columns)
        check_comparable(self.name, self.key or columns.names, columns)
        return columns

    def needs(self, wanted: Names) -> Names:
        """The key besides what is wanted."""
        return None if wanted is None or not self.key else wanted.union(self.key)

    def find(self, parts: Sequence[OrderedRows], workspace: Workspace) -> "_Survivors":
        """Find which rows stay."""
        columns = parts[0].columns if parts else pa.schema([])
        names = self.key or tuple(columns.names) if parts else ()
        keys = [
            compared(name, f"k{at}", columns.field(name).type, self.described.get(name))
            for at, name in enumerate(names)
        ]
        place = "min" if self.keep == "first" else "max"
        grouping = Grouping(tuple(keys), with_nulls=not self.key, place=place)
        return _Survivors(grouping.find(parts, workspace), self.key)


@dataclass(frozen=True, slots=True)
class _Survivors:
    groups: Groups
    key: tuple[str, ...]

    def apply(self, rows: OrderedRows) -> tuple[pa.RecordBatch, Mask]:
        batch = rows.read()
        stays = np.zeros(rows.rows, np.bool_)
        places = self.groups.places(rows.first_row, rows.first_row + rows.rows)
        stays[places - rows.first_row] = True
        for name in self.key:
            stays |= np.asarray(batch.column(name).is_null())
        return (batch if stays.all() else batch.filter(pa.array(stays))), stays
