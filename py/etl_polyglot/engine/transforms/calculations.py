"""The functions of `aggregate`: their types, and how a query and exact arithmetic compute them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.types as pat

from etl_polyglot.engine.errors import JobError
from etl_polyglot.engine.transformations import AggregateColumn
from etl_polyglot.engine.transforms.columns import refused
from etl_polyglot.engine.transforms.exact_sum import (
    LIMB_BITS,
    WORD,
    BitRange,
    Doubles,
    Words,
    limbs_to_double,
    split,
    words_to_doubles,
)
from etl_polyglot.engine.transforms.grouping import SEQUENCE, Operand, comparable
from etl_polyglot.schema.arrow import Array, pc

_WORD_BITS = 126
"""A DECIMAL(38, 0), as which DuckDB hands 128-bit integers out, holds as many."""

_SUMMED = ("sum", "mean")


@dataclass(frozen=True, slots=True)
class Calculation:
    """How one aggregate is computed.

    Attributes:
        operands: what the query reads.
        expressions: what it computes for a group.
        value: makes the values of the groups of the columns with the expressions' results.
    """

    operands: tuple[Operand, ...]
    expressions: tuple[str, ...]
    value: Callable[[list[Array]], Array]


def result_type(aggregate: AggregateColumn, found: pa.DataType | None) -> pa.DataType:
    """The type of an aggregate of a column of a type.

    Raises:
        JobError: `INVALID_REQUEST`: the function takes no such column.
    """
    function = aggregate.function
    if found is None or function in ("count", "count_distinct"):
        return pa.int64()
    if function in _SUMMED and not _is_number(found):
        raise _wrong_type(aggregate, found, "numbers")
    if function in ("min", "max") and (pat.is_nested(found) or pat.is_decimal256(found)):
        raise _wrong_type(aggregate, found, "values that have an order")
    if function == "mean" or (function == "sum" and pat.is_floating(found)):
        return pa.float64()
    if function == "sum":
        return pa.decimal128(38, found.scale) if pat.is_decimal(found) else pa.int64()
    return found


def is_float_sum(aggregate: AggregateColumn, columns: pa.Schema) -> bool:
    """Whether an aggregate adds floating-point numbers."""
    if aggregate.function not in _SUMMED or aggregate.column is None:
        return False
    return pat.is_floating(columns.field(aggregate.column).type)


def calculation(
    aggregate: AggregateColumn, place: int, found: pa.DataType, bits: BitRange, rows: int
) -> Calculation:
    """Plan how to compute an aggregate; not `first`, which needs no computation.

    Parameters:
        aggregate: what is wanted, of a column.
        place: the number of that column, for the names of operands.
        found: its type.
        bits: where the bits of its numbers lie, for sums of floating-point numbers.
        rows: how many rows there are at most in a group.
    """
    assert aggregate.column is not None, "counting rows needs no column"
    function, column, result = aggregate.function, aggregate.column, result_type(aggregate, found)
    if function in _SUMMED and pat.is_floating(found):
        return _float_sum(aggregate, column, place, bits, rows)
    if function in _SUMMED:
        return _exact_sum(aggregate, column, place, found)
    if function == "count":
        present = pa.field(f"p{place}", pa.bool_())
        operand = Operand(column, (present,), _presence)
        return Calculation((operand,), (f"count({present.name})",), lambda found: found[0])
    value = pa.field(f"o{place}", comparable(found))
    if function in ("min", "max") and pat.is_floating(found):
        # -0.0 and 0.0 are equal, so it would be chance which of them comes out.
        value = value.with_name(f"z{place}")
        operand = Operand(column, (value,), lambda one: [pc.add(one.cast(value.type), 0.0)])
    else:
        operand = Operand(column, (value,), lambda one: [one.cast(value.type)])
    expression = {
        "count_distinct": f"count(DISTINCT {value.name})",
        "last": f"arg_max_null({value.name}, {SEQUENCE})",
    }.get(function, f"{function}({value.name})")
    return Calculation((operand,), (expression,), lambda found: found[0].cast(result))


def _presence(column: Array) -> list[Array]:
    return [pc.if_else(column.is_valid(), True, pa.scalar(None, pa.bool_()))]


def _exact_sum(
    aggregate: AggregateColumn, column: str, place: int, found: pa.DataType
) -> Calculation:
    value = pa.field(f"n{place}", comparable(found))
    operand = Operand(column, (value,), lambda one: [one.cast(value.type)])
    expression = f"sum({value.name})"
    if aggregate.function == "mean":
        scale = found.scale if pat.is_decimal(found) else 0

        def mean(results: list[Array]) -> Array:
            total, counted = results
            means = words_to_doubles(_words(total)) / 10.0**scale
            return _divided(means, counted, total)

        return Calculation((operand,), (expression, f"count({value.name})"), mean)
    if pat.is_decimal(found):
        return Calculation((operand,), (expression,), lambda results: results[0])

    def total(results: list[Array]) -> Array:
        words = _words(results[0])
        low = words["low"].view(np.int64)
        if (words["high"] != low >> 63)[np.asarray(results[0].is_valid())].any():
            raise _too_large(aggregate, "int64")
        return pa.array(low, pa.int64(), mask=np.asarray(results[0].is_null()))

    return Calculation((operand,), (expression,), total)


def _float_sum(
    aggregate: AggregateColumn, column: str, place: int, bits: BitRange, rows: int
) -> Calculation:
    limbs = [pa.field(f"f{place}_{limb}", pa.int64()) for limb in range(bits.limbs)]
    special = [pa.field(f"s{place}", pa.float64())] if bits.special else []

    def cut(one: Array) -> list[Array]:
        absent = np.asarray(one.is_null())
        numbers = doubles(one)
        made: list[Array] = [pa.array(limb, mask=absent) for limb in split(numbers, bits)]
        if special:
            made.append(pa.array(np.where(np.isfinite(numbers), 0.0, numbers)))
        return made

    operand = Operand(column, (*limbs, *special), cut)
    totals = [f"sum({limb.name})" for limb in limbs]
    in_one_word = bits.high - bits.low + rows.bit_length() <= _WORD_BITS
    if in_one_word:
        totals = [" + ".join(f"{one} * {1 << LIMB_BITS * i}" for i, one in enumerate(totals))]
    counted = f"count({limbs[0].name})"
    expressions = (*totals, counted, *(f"sum({one.name})" for one in special))

    def value(results: list[Array]) -> Array:
        sums = results[: len(totals)]
        if in_one_word:
            numbers = words_to_doubles(_words(sums[0]), bits.low)
        else:
            numbers = _rounded(sums, bits.low)
        if not np.isfinite(numbers).all():
            raise _too_large(aggregate, "float64")
        if special:
            numbers = numbers + doubles(results[-1])
        if aggregate.function == "mean":
            return _divided(numbers, results[len(totals)], sums[0])
        return pa.array(numbers, mask=np.asarray(sums[0].is_null()))

    return Calculation((operand,), expressions, value)


def _rounded(sums: list[Array], low: int) -> Doubles:
    rows = zip(*(column.to_pylist() for column in sums), strict=True)
    return np.array([_rounded_one(totals, low) for totals in rows], np.float64)


def _rounded_one(totals: tuple[object, ...], low: int) -> float:
    try:
        return limbs_to_double([int(total or 0) for total in totals], low)  # type: ignore[call-overload]
    except OverflowError:
        return float("inf")


def _divided(totals: Doubles, counted: Array, null: Array) -> Array:
    with np.errstate(invalid="ignore", divide="ignore"):
        means = totals / counted.to_numpy(zero_copy_only=False)
    return pa.array(means, pa.float64(), mask=np.asarray(null.is_null()))


def doubles(column: Array) -> Doubles:
    """The numbers of a column; 0 where there is none."""
    numbers: Doubles = pc.fill_null(column.cast(pa.float64()), 0.0).to_numpy(zero_copy_only=False)
    return numbers


def _words(column: Array) -> Words:
    """The unscaled values of a decimal column; nulls are anything."""
    _, data = column.buffers()
    words: Words = np.frombuffer(data, WORD)[column.offset : column.offset + len(column)]
    return words


def _is_number(found: pa.DataType) -> bool:
    decimal = pat.is_decimal(found) and not pat.is_decimal256(found)
    return pat.is_integer(found) or pat.is_floating(found) or decimal


def _wrong_type(aggregate: AggregateColumn, found: pa.DataType, wanted: str) -> JobError:
    function, column = aggregate.function, aggregate.column
    reason = f"{aggregate.name}: {function} takes {wanted}, and column {column} is {found}"
    return refused("aggregate", reason)


def _too_large(aggregate: AggregateColumn, limit: str) -> JobError:
    function, column = aggregate.function, aggregate.column
    reason = f"aggregate {aggregate.name}: the {function} of {column} in a group is beyond {limit}"
    return JobError("JOB_FAILED", {"reason": reason})
