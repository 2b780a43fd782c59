"""Sums and means of integers and decimals, exact until they are rounded once."""

from typing import Any

import numpy as np
import pyarrow as pa

from etl_polyglot.engine.comparable import comparable
from etl_polyglot.engine.errors import JobError
from etl_polyglot.engine.transformations import AggregateColumn
from etl_polyglot.engine.transforms.operands import Calculation, Expression, Operand
from etl_polyglot.engine.transforms.wide_integers import Totals, decimals_of_halves, words_of
from etl_polyglot.schema.arrow import Array, pc
from etl_polyglot.schema.columnar.judged import Mask


def integer_sum(
    aggregate: AggregateColumn, column: str, place: int, kind: pa.DataType
) -> Calculation:
    """Plan the sum or the mean of a column of integers.

    Parameters:
        aggregate: what is wanted.
        column: of the rows.
        place: the number of that column, for the names of operands.
        kind: its type.
    """
    number = f"n{place}"
    operand = Operand(column, (pa.field(number, kind),), lambda values: [values])
    total, counted = Expression(f"sum({number})", (operand,)), counting(number, operand)

    def sums(results: list[Array]) -> Array:
        words, absent = words_of(results[0]), absences(results[0])
        low = words["low"].view(np.int64)
        check_fits(aggregate, absent | (words["high"] == low >> 63), "int64")
        return pa.array(low, pa.int64(), mask=absent)

    def means(results: list[Array]) -> Array:
        return Totals((words_of(results[0]),), (0,)).means(results[1], absences(results[0]))

    if aggregate.function == "mean":
        return Calculation((total, counted), means)
    return Calculation((total,), sums)


def decimal_sum(
    aggregate: AggregateColumn, column: str, place: int, kind: pa.DataType
) -> Calculation:
    """Plan the sum or the mean of a column of decimals; parameters as for integers.

    Their upper and their lower 64 bits are added up apart, so that no sum on the way is beyond
    what the database adds.
    """
    plain: Any = comparable(kind)  # has no scale below 0
    low, high = pa.field(f"l{place}", pa.uint64()), pa.field(f"h{place}", pa.int64())

    def halves(values: Array) -> list[Array]:
        values = values.cast(pa.decimal128(plain.precision, plain.scale))
        words, absent = words_of(values), absences(values)
        return [pa.array(words[half], mask=absent) for half in ("low", "high")]

    operand = Operand(column, (low, high), halves)
    both = tuple(Expression(f"sum({half.name})", (operand,)) for half in (low, high))

    def sums(results: list[Array]) -> Array:
        absent = absences(results[0])
        result = pa.decimal128(38, plain.scale)
        found, fits = decimals_of_halves(words_of(results[0]), words_of(results[1]), result)
        check_fits(aggregate, absent | fits, "38 digits")
        return pc.if_else(pa.array(absent), pa.scalar(None, result), found)

    def means(results: list[Array]) -> Array:
        totals = Totals((words_of(results[0]), words_of(results[1])), (0, 64))
        return totals.means(results[2], absences(results[0]), plain.scale)

    if aggregate.function == "mean":
        return Calculation((*both, counting(low.name, operand)), means)
    return Calculation(both, sums)


def counting(name: str, operand: Operand) -> Expression:
    """Count the values of a field of an operand."""
    return Expression(f"count({name})", (operand,))


def absences(column: Array) -> Mask:
    """Which values of a column are null."""
    return np.asarray(column.is_null())


def check_fits(aggregate: AggregateColumn, fits: Mask, limit: str) -> None:
    """Refuse results that their type does not hold.

    Raises:
        JobError: `JOB_FAILED`.
    """
    if not fits.all():
        function, column = aggregate.function, aggregate.column
        of = f"the {function} of {column} in a group"
        reason = f"aggregate {aggregate.name}: {of} is beyond {limit}"
        raise JobError("JOB_FAILED", {"reason": reason})
