"""The functions of `aggregate`, and how a query and exact arithmetic compute them."""

import pyarrow as pa
import pyarrow.types as pat

from etl_polyglot.engine.transformations import AggregateColumn
from etl_polyglot.engine.transforms.aggregate_types import is_summed, result_type
from etl_polyglot.engine.transforms.exact_sum import Exponents
from etl_polyglot.engine.transforms.float_sums import float_sum
from etl_polyglot.engine.transforms.grouping import SEQUENCE
from etl_polyglot.engine.transforms.operands import Calculation, Expression, Operand, compared
from etl_polyglot.engine.transforms.sums import counting, decimal_sum, integer_sum
from etl_polyglot.schema.arrow import Array, as_type, pc
from etl_polyglot.schema.record import Column


def calculation(
    aggregate: AggregateColumn,
    place: int,
    kind: pa.DataType,
    described: Column | None,
    exponents: Exponents,
    rows: int,
) -> Calculation:
    """Plan how to compute an aggregate; not `first`, which needs no computation.

    Parameters:
        aggregate: what is wanted, of a column.
        place: the number of that column, for the names of operands.
        kind: its type.
        described: the column of the record schema whose values it has, if it is one.
        exponents: those of its numbers, for sums of floating-point numbers.
        rows: how many rows there are at most in a group.
    """
    assert aggregate.column is not None, "counting rows needs no column"
    function, column = aggregate.function, aggregate.column
    if is_summed(aggregate) and pat.is_floating(kind):
        return float_sum(aggregate, column, place, exponents, rows)
    if is_summed(aggregate):
        planned = decimal_sum if pat.is_decimal(kind) else integer_sum
        return planned(aggregate, column, place, kind)
    if function == "count":
        name = f"p{place}"
        operand = Operand(column, (pa.field(name, pa.bool_()),), _presence)
        return Calculation((counting(name, operand),), _first)
    if function in ("min", "max"):
        operand = compared(column, f"o{place}", kind)
        if pat.is_floating(kind):
            number = pa.field(f"z{place}", pa.float64())
            operand = Operand(column, (number,), _ordered)
    elif function == "last":
        operand = compared(column, f"o{place}", kind)
    else:
        operand = compared(column, f"c{place}", kind, described)
    name = operand.fields[0].name
    sql = {
        "count_distinct": f"count({name})",
        "last": f"arg_max_null({name}, {SEQUENCE})",
    }.get(function, f"{function}({name})")
    distinct = name if function == "count_distinct" else None
    result = result_type(aggregate, kind)
    expression = Expression(sql, (operand,), distinct)
    return Calculation((expression,), lambda found: as_type(found[0], result))


def _first(results: list[Array]) -> Array:
    return results[0]


def _presence(column: Array) -> list[Array]:
    return [pc.if_else(column.is_valid(), True, pa.scalar(None, pa.bool_()))]


def _ordered(column: Array) -> list[Array]:
    # -0.0 and 0.0 are equal, so it would be chance which of them comes out.
    numbers = pc.add(column.cast(pa.float64()), 0.0)
    return [pc.if_else(pc.is_nan(numbers), pa.scalar(None, pa.float64()), numbers)]
