"""What a query compares and computes, made of the columns of rows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pyarrow as pa

from etl_polyglot.engine.comparable import comparable
from etl_polyglot.engine.transforms.json_equality import holds_json, in_canonical_json
from etl_polyglot.schema.arrow import Array, as_type
from etl_polyglot.schema.record import Column


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
class Expression:
    """An aggregate in SQL; two of the same text are one.

    Attributes:
        sql: what is computed.
        operands: those that it names.
        distinct: a field each of whose values is to be taken once in a group, if it is one.
    """

    sql: str
    operands: tuple[Operand, ...] = field(default=(), compare=False)
    distinct: str | None = None


def compared(column: str, name: str, kind: pa.DataType, described: Column | None = None) -> Operand:
    """The operand whose values are equal just when those of a column are.

    Parameters:
        column: of the rows.
        name: of the operand's field.
        kind: the column's type, a comparable one.
        described: the column of the record schema whose values stand there, if it is one.
    """
    to = comparable(kind)
    assert to is not None, "the step's columns were checked"
    fields = (pa.field(name, to),)
    if described is None or not _is_json(kind, described):
        return Operand(column, fields, lambda values: [as_type(values, to)])
    canonical = partial(in_canonical_json, column=described)
    return Operand(column, fields, lambda values: [as_type(canonical(values), to)])


def _is_json(kind: pa.DataType, described: Column) -> bool:
    return kind in (described.text_type, described.output_type) and holds_json(described)


@dataclass(frozen=True, slots=True)
class Calculation:
    """How one aggregate is computed.

    Attributes:
        expressions: what queries compute for a group.
        value: makes the values of the groups of the columns with the expressions' results.
    """

    expressions: tuple[Expression, ...]
    value: Callable[[list[Array]], Array]
