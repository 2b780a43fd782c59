"""Deduplication of the whole data, larger than memory: the first or last of equals stays."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from etl_polyglot.engine.rows import Names
from etl_polyglot.engine.staging import OrderedRows
from etl_polyglot.engine.transformations import Deduplication, Keep
from etl_polyglot.engine.transforms.columns import check_columns_of
from etl_polyglot.engine.transforms.grouping import PLACE, Grouping, Groups
from etl_polyglot.engine.transforms.whole_step import WholeStep
from etl_polyglot.engine.transforms.workspace import Workspace
from etl_polyglot.schema.columnar.judged import Mask
from etl_polyglot.schema.record import RecordSchema


@dataclass(frozen=True, slots=True)
class Deduplicate(WholeStep):
    """Lets one of the rows with the same key stay, where it stands.

    Attributes:
        key: the key columns; empty compares whole records. A row with a null in its key is like
            no other, and stays; in whole records an absent value equals an absent one.
        keep: which one, by the order of the source.
    """

    key: tuple[str, ...]
    keep: Keep = "first"

    name = "deduplicate"
    reshapes = False

    @classmethod
    def of(cls, asked: Deduplication, schema: RecordSchema | None) -> "Deduplicate":
        """The step that was asked for; the schema has its key where the request has none."""
        default = () if schema is None else schema.primary_key
        return cls(default if asked.key is None else asked.key, asked.keep)

    def output(self, columns: pa.Schema) -> pa.Schema:
        """The same columns.

        Raises:
            JobError: `INVALID_REQUEST`: a key column is not there.
        """
        check_columns_of(self.name, self.key, columns)
        return columns

    def needs(self, wanted: Names) -> Names:
        """The key besides what is wanted."""
        return None if wanted is None or not self.key else wanted.union(self.key)

    def find(self, parts: Sequence[OrderedRows], workspace: Workspace) -> "_Survivors":
        """Find which rows stay."""
        key = self.key or tuple(parts[0].columns.names if parts else ())
        place = "min" if self.keep == "first" else "max"
        grouping = Grouping(key, with_nulls=not self.key, place=place)
        return _Survivors(grouping.find(parts, workspace), self.key)


@dataclass(frozen=True, slots=True)
class _Survivors:
    groups: Groups
    key: tuple[str, ...]

    def apply(self, rows: OrderedRows) -> tuple[pa.RecordBatch, Mask]:
        batch = rows.read()
        stays = np.zeros(rows.rows, np.bool_)
        found = self.groups.between(rows.first_row, rows.first_row + rows.rows)
        if found is not None:
            stays[found.column(PLACE).to_numpy() - rows.first_row] = True
        for name in self.key:
            stays |= np.asarray(batch.column(name).is_null())
        return (batch if stays.all() else batch.filter(pa.array(stays))), stays
