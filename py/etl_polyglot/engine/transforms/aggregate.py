"""Aggregation of the whole data, larger than memory: one row of all with the same values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

import numpy as np
import pyarrow as pa

from etl_polyglot.engine.rows import Names
from etl_polyglot.engine.staging import OrderedRows
from etl_polyglot.engine.transformations import Aggregation
from etl_polyglot.engine.transforms.calculations import (
    Calculation,
    calculation,
    doubles,
    is_float_sum,
    result_type,
)
from etl_polyglot.engine.transforms.columns import check_columns_of, refused
from etl_polyglot.engine.transforms.exact_sum import NO_BITS, BitRange, bit_range
from etl_polyglot.engine.transforms.grouping import PLACE, Grouping, Groups
from etl_polyglot.engine.transforms.whole_step import WholeStep
from etl_polyglot.engine.transforms.workspace import Workspace
from etl_polyglot.schema.arrow import Array
from etl_polyglot.schema.columnar.judged import Mask

_COUNT_ROWS = Calculation((), ("count(*)",), lambda found: found[0])


@dataclass(frozen=True, slots=True)
class Aggregate(WholeStep):
    """Makes one row of each group, in the place of the group's first row.

    Null is a value like any other for `group_by`, and is no value for the functions: they leave
    it out, and give null where nothing is left; `first` and `last` are the values of the group's
    first and last row, null or not. Sums are exact and rounded once, so they depend on no order.

    Attributes:
        asked: what to group by, and what to compute.
    """

    asked: Aggregation

    name = "aggregate"
    reshapes = True

    def output(self, columns: pa.Schema) -> pa.Schema:
        """The columns of the groups, then the aggregates.

        Raises:
            JobError: `INVALID_REQUEST`: a column is not there, or of a type that its function
                does not take, or two have one name.
        """
        inputs = [one.column for one in self.asked.aggregates if one.column is not None]
        check_columns_of(self.name, [*self.asked.group_by, *inputs], columns)
        fields = [columns.field(name) for name in self.asked.group_by]
        names = set(self.asked.group_by)
        for one in self.asked.aggregates:
            if one.name in names or one.name.startswith("$"):
                problem = "begins with $" if one.name.startswith("$") else "stands there twice"
                raise refused(self.name, f"the name {one.name} {problem}; choose another")
            names.add(one.name)
            found = None if one.column is None else columns.field(one.column).type
            fields.append(pa.field(one.name, result_type(one, found)))
        return pa.schema(fields)

    def needs(self, wanted: Names) -> Names:
        """What it groups by and computes of."""
        inputs = [one.column for one in self.asked.aggregates if one.column is not None]
        return frozenset([*self.asked.group_by, *inputs])

    def find(self, parts: Sequence[OrderedRows], workspace: Workspace) -> "_Aggregated":
        """Find the groups, and compute the aggregates."""
        columns = parts[0].columns if parts else pa.schema([])
        planned = self._calculations(parts, workspace) if parts else {}
        calculations = list(planned.values())
        operands = {operand.fields: operand for one in calculations for operand in one.operands}
        expressions = tuple(expression for one in calculations for expression in one.expressions)
        grouping = Grouping(
            self.asked.group_by,
            with_nulls=True,
            operands=tuple(operands.values()),
            expressions=expressions,
        )
        output = self.output(columns) if parts else columns
        return _Aggregated(self.asked, output, planned, grouping.find(parts, workspace))

    def _calculations(
        self, parts: Sequence[OrderedRows], workspace: Workspace
    ) -> dict[str, Calculation]:
        columns = parts[0].columns
        bits = self._bit_ranges(parts, workspace)
        rows = sum(part.rows for part in parts)
        planned: dict[str, Calculation] = {}
        for one in self.asked.aggregates:
            if one.column is None:
                planned[one.name] = _COUNT_ROWS
            elif one.function != "first":
                place = columns.names.index(one.column)
                found, range_ = columns.field(one.column).type, bits.get(one.column, NO_BITS)
                planned[one.name] = calculation(one, place, found, range_, rows)
        return planned

    def _bit_ranges(
        self, parts: Sequence[OrderedRows], workspace: Workspace
    ) -> Mapping[str, BitRange]:
        columns = parts[0].columns
        summed = [one for one in self.asked.aggregates if is_float_sum(one, columns)]
        names = sorted({one.column for one in summed if one.column is not None})
        found: dict[str, list[BitRange]] = {name: [NO_BITS] for name in names}
        for part in parts if names else ():
            workspace.check()
            rows = part.read(names)
            for name in names:
                found[name].append(bit_range(doubles(rows.column(name))))
        return {name: reduce(or_, ranges) for name, ranges in found.items()}


@dataclass(frozen=True, slots=True)
class _Aggregated:
    asked: Aggregation
    columns: pa.Schema
    calculations: Mapping[str, Calculation]
    groups: Groups

    def apply(self, rows: OrderedRows) -> tuple[pa.RecordBatch, Mask]:
        stays = np.zeros(rows.rows, np.bool_)
        found = self.groups.between(rows.first_row, rows.first_row + rows.rows)
        if found is None:
            return pa.RecordBatch.from_pylist([], self.columns), stays
        stays[found.column(PLACE).to_numpy() - rows.first_row] = True
        firsts = {
            one.name: one.column
            for one in self.asked.aggregates
            if one.function == "first" and one.column is not None
        }
        taken = {name: name for name in self.asked.group_by} | firsts
        names = list(dict.fromkeys(taken.values()))
        standing = rows.read(names).filter(pa.array(stays))
        values = self._values(found.combine_chunks().to_batches()[0])
        arrays = [
            standing.column(taken[name]) if name in taken else values[name]
            for name in self.columns.names
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=self.columns), stays

    def _values(self, found: pa.RecordBatch) -> dict[str, Array]:
        values: dict[str, Array] = {}
        place = 1
        for name, one in self.calculations.items():
            after = place + len(one.expressions)
            values[name] = one.value(found.columns[place:after])
            place = after
        return values
