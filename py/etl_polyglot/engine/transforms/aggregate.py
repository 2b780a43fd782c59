"""Aggregation of the whole data, larger than memory: one row of all with the same values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.types as pat

from etl_polyglot.engine.rows import Names
from etl_polyglot.engine.staging import OrderedRows
from etl_polyglot.engine.transformations import Aggregation
from etl_polyglot.engine.transforms.aggregate_types import is_summed, result_type
from etl_polyglot.engine.transforms.calculations import calculation
from etl_polyglot.engine.transforms.columns import check_columns_of, check_comparable, refused
from etl_polyglot.engine.transforms.exact_sum import NO_EXPONENTS, Exponents, exponents_of
from etl_polyglot.engine.transforms.float_sums import doubles
from etl_polyglot.engine.transforms.grouping import Grouping
from etl_polyglot.engine.transforms.groups import Groups
from etl_polyglot.engine.transforms.operands import Calculation, Expression, compared
from etl_polyglot.engine.transforms.whole_step import WholeStep
from etl_polyglot.engine.transforms.workspace import Workspace
from etl_polyglot.schema.columnar.judged import Mask
from etl_polyglot.schema.record import Column

_RANGED_SHARE = 0.2
"""How much of the work is done when it is known which exponents the numbers have."""

_COUNT_ROWS = Calculation((Expression("count(*)"),), lambda results: results[0])


@dataclass(frozen=True, slots=True)
class Aggregate(WholeStep):
    """Makes one row of each group, in the place of the group's first row.

    Null is a value like any other for `group_by`, and is no value for the functions: they leave
    it out, and give null where nothing is left; `first` and `last` are the values of the group's
    first and last row, null or not. Sums are exact and rounded once, so they depend on no order.

    Attributes:
        asked: what to group by, and what to compute.
        described: the columns of the record schema whose values stand in the rows, by name.
    """

    asked: Aggregation
    described: Mapping[str, Column] = field(default_factory=dict)

    name = "aggregate"
    reshapes = True

    def output(self, columns: pa.Schema) -> pa.Schema:
        """The columns of the groups, then the aggregates.

        Raises:
            JobError: `INVALID_REQUEST`: a column is not there, or of a type that its function
                does not take or whose values cannot be compared, or two have one name.
        """
        inputs = [one.column for one in self.asked.aggregates if one.column is not None]
        check_columns_of(self.name, [*self.asked.group_by, *inputs], columns)
        check_comparable(self.name, self.asked.group_by, columns)
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
        if not parts:
            return _Aggregated(self.asked, pa.schema([]), {}, Groups(()))
        columns = parts[0].columns
        keys = [
            compared(name, f"k{at}", columns.field(name).type, self.described.get(name))
            for at, name in enumerate(self.asked.group_by)
        ]
        planned = self._calculations(parts, workspace)
        expressions = [one for each in planned.values() for one in each.expressions]
        grouping = Grouping(tuple(keys), with_nulls=True, expressions=tuple(expressions))
        groups = grouping.find(parts, workspace)
        return _Aggregated(self.asked, self.output(columns), planned, groups)

    def _calculations(
        self, parts: Sequence[OrderedRows], workspace: Workspace
    ) -> dict[str, Calculation]:
        columns = parts[0].columns
        exponents = self._exponents(parts, workspace)
        rows = sum(part.rows for part in parts)
        planned: dict[str, Calculation] = {}
        for one in self.asked.aggregates:
            if one.column is None:
                planned[one.name] = _COUNT_ROWS
            elif one.function != "first":
                place = columns.names.index(one.column)
                kind, described = columns.field(one.column).type, self.described.get(one.column)
                found = exponents.get(one.column, NO_EXPONENTS)
                planned[one.name] = calculation(one, place, kind, described, found, rows)
        return planned

    def _exponents(
        self, parts: Sequence[OrderedRows], workspace: Workspace
    ) -> Mapping[str, Exponents]:
        columns = parts[0].columns
        summed = {one.column for one in self.asked.aggregates if is_summed(one) and one.column}
        names = sorted(name for name in summed if pat.is_floating(columns.field(name).type))
        found = dict.fromkeys(names, NO_EXPONENTS)
        for part in workspace.each(parts, _RANGED_SHARE) if names else ():
            rows = part.read(names)
            for name in names:
                found[name] = found[name] | exponents_of(doubles(rows.column(name)))
        return found


@dataclass(frozen=True, slots=True)
class _Aggregated:
    asked: Aggregation
    columns: pa.Schema
    calculations: Mapping[str, Calculation]
    groups: Groups

    def apply(self, rows: OrderedRows) -> tuple[pa.RecordBatch, Mask]:
        stays = np.zeros(rows.rows, np.bool_)
        start, end = rows.first_row, rows.first_row + rows.rows
        places = self.groups.places(start, end)
        if len(places) == 0:
            return pa.RecordBatch.from_pylist([], self.columns), stays
        stays[places - start] = True
        firsts = {
            one.name: one.column
            for one in self.asked.aggregates
            if one.function == "first" and one.column is not None
        }
        taken = {name: name for name in self.asked.group_by} | firsts
        names = list(dict.fromkeys(taken.values()))
        standing = rows.read(names).filter(pa.array(stays))
        computed = self.groups.values(start, end)
        values = {
            name: one.value([computed[each] for each in one.expressions])
            for name, one in self.calculations.items()
        }
        arrays = [
            standing.column(taken[name]) if name in taken else values[name]
            for name in self.columns.names
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=self.columns), stays
