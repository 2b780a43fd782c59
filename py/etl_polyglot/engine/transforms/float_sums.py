"""Sums and means of floating-point numbers, exact until they are rounded once."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import pyarrow as pa

from etl_polyglot.engine.transformations import AggregateColumn
from etl_polyglot.engine.transforms.exact_sum import Doubles, Exponents, Limb, limbs_for, split
from etl_polyglot.engine.transforms.operands import Calculation, Expression, Operand
from etl_polyglot.engine.transforms.sums import absences, check_fits, counting
from etl_polyglot.engine.transforms.wide_integers import WORD_BITS, Totals, words_of
from etl_polyglot.schema.arrow import Array, pc


def float_sum(
    aggregate: AggregateColumn, column: str, place: int, exponents: Exponents, rows: int
) -> Calculation:
    """Plan the sum or the mean of a column of floating-point numbers.

    Parameters:
        aggregate: what is wanted.
        column: of the rows.
        place: the number of that column, for the names of operands.
        exponents: those of its numbers.
        rows: how many there are at most in a group.
    """
    words = _words(limbs_for(exponents), rows)
    sums = [_word_sum(column, f"f{place}_{at}", words, at) for at in range(len(words))]
    lows = tuple(word[0].low for word in words)
    counted = counting(sums[0].operands[0].fields[0].name, sums[0].operands[0])
    is_mean, is_special = aggregate.function == "mean", bool(exponents[-1])
    special = pa.field(f"s{place}", pa.float64())
    unfinite = Expression(f"sum({special.name})", (Operand(column, (special,), _unfinite),))

    def value(results: list[Array]) -> Array:
        absent = absences(results[0])
        totals = Totals([words_of(one) for one in results[: len(words)]], lows)
        unfinite_sums = doubles(results[-1]) if is_special else np.zeros(len(absent))
        is_finite = np.isfinite(unfinite_sums)
        if is_mean:
            numbers = doubles(totals.means(results[len(words)], absent))
        else:
            numbers = totals.rounded()
            check_fits(aggregate, absent | ~is_finite | np.isfinite(numbers), "float64")
        return pa.array(np.where(is_finite, numbers, unfinite_sums), mask=absent)

    wanted = [*sums, *([counted] if is_mean else []), *([unfinite] if is_special else [])]
    return Calculation(tuple(wanted), value)


def doubles(column: Array) -> Doubles:
    """The numbers of a column; 0 where there is none."""
    numbers: Doubles = pc.fill_null(column.cast(pa.float64()), 0.0).to_numpy(zero_copy_only=False)
    return numbers


def _words(limbs: Sequence[Limb], rows: int) -> list[list[Limb]]:
    """Put limbs together as long as a 128-bit integer holds their sum over all rows."""
    words: list[list[Limb]] = []
    for limb in limbs:
        if words and limb.high - words[-1][0].low + rows.bit_length() <= WORD_BITS:
            words[-1].append(limb)
        else:
            words.append([limb])
    return words


def _word_sum(column: str, name: str, words: Sequence[Sequence[Limb]], at: int) -> Expression:
    limbs = words[at]
    fields = tuple(pa.field(f"{name}_{limb}", pa.int64()) for limb in range(len(limbs)))
    above = [limb for word in words[at + 1 :] for limb in word]
    operand = Operand(column, fields, partial(_parts, [*limbs, *above], len(limbs)))
    units = [1 << limb.low - limbs[0].low for limb in limbs]
    summed = zip(fields, units, strict=True)
    sql = " + ".join(f"sum({field.name}) * {unit}" for field, unit in summed)
    return Expression(sql, (operand,))


def _parts(limbs: Sequence[Limb], wanted: int, column: Array) -> list[Array]:
    absent = absences(column)
    return [pa.array(part, mask=absent) for part in split(doubles(column), limbs)[:wanted]]


def _unfinite(column: Array) -> list[Array]:
    numbers = doubles(column)
    return [pa.array(np.where(np.isfinite(numbers), 0.0, numbers), mask=absences(column))]
