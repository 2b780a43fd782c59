"""What one column holds: taken of its parts, and merged."""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.types as pat

from etl_polyglot.engine.comparable import is_calendar, stored_as
from etl_polyglot.engine.convert.json_types import has_json_form
from etl_polyglot.engine.profile import extremes
from etl_polyglot.engine.profile.distinct import DistinctValues
from etl_polyglot.engine.profile.extremes import Extremes
from etl_polyglot.engine.profile.frequent import Counts, FrequentValues
from etl_polyglot.engine.profile.hashes import Hashes
from etl_polyglot.engine.profile.shown import KEPT_TEXT, show_stored, show_values
from etl_polyglot.schema.arrow import Array, pc

TOP_VALUES = 10
"""How many of the most frequent values are told."""

_RANKED = ["counts", "values", "hashes"]


def measurable(column: Array) -> Array:
    """Give a column in the type that stands for its own in a profile."""
    return column.cast(pa.float64()) if pat.is_floating(column.type) else column


@dataclass(slots=True)
class ColumnProfile:
    """What one column holds, or a part of it.

    Attributes:
        kind: its type.
        nulls: how many values are absent.
        count: how many are not.
        values: of numbers, texts, dates and times, the least and the greatest, and of numbers
            the mean.
        lengths: of texts in characters, of bytes, and of lists in items.
        distinct: None for a type whose values have no hash.
        frequent: None for a type whose values are not told one by one.
        measured: whether more than the counts is known.
    """

    kind: pa.DataType
    nulls: int
    count: int
    values: Extremes
    lengths: Extremes
    distinct: DistinctValues | None
    frequent: FrequentValues | None
    measured: bool = True

    @classmethod
    def of(cls, column: Array, hashes: Hashes | None) -> Self:
        """Profile a part of a column.

        Parameters:
            column: the part, as `measurable` gives it.
            hashes: those of its values; None for a type that has none.
        """
        values, kind = column.drop_null(), column.type
        distinct, frequent = None, None
        if hashes is not None:
            if column.null_count:
                hashes = hashes[column.is_valid().to_numpy(zero_copy_only=False)]
            found, counts = _runs(np.sort(hashes))
            distinct = DistinctValues(found)
            if _has_top_values(kind):
                frequent = FrequentValues.of(found, counts, hashes, values)
                frequent.values = _kept(frequent.values)
        return cls(
            kind,
            column.null_count,
            len(values),
            _values(values),
            _lengths(values),
            distinct,
            frequent,
        )

    @classmethod
    def unmeasured(cls, column: Array) -> Self:
        """Count the values of a part of which nothing more can be found."""
        nulls = column.null_count
        nothing = Extremes()
        return cls(column.type, nulls, len(column) - nulls, nothing, nothing, None, None, False)

    def merge(self, other: Self) -> None:
        """Add the part of the column that follows; nothing but counts where one has no more."""
        self.nulls += other.nulls
        self.count += other.count
        self.measured &= other.measured
        if not self.measured:
            self.values = self.lengths = Extremes()
            self.distinct = self.frequent = None
            return
        self.values |= other.values
        self.lengths |= other.lengths
        if self.distinct is not None and other.distinct is not None:
            self.distinct.merge(other.distinct)
        if self.frequent is not None and other.frequent is not None:
            self.frequent.merge(other.frequent)

    def to_json(self) -> dict[str, Any]:
        """The column as the report has it; null is what its type has not, or was not measured."""
        distinct, frequent, lengths = self.distinct, self.frequent, self.lengths
        told = [None, None]
        if self.values.count:
            told = show_stored([self.values.least, self.values.greatest], self.kind)
        return {
            "count": self.count,
            "nulls": self.nulls,
            "distinct": None if distinct is None else min(distinct.estimate, self.count),
            "distinct_error": None if distinct is None else round(distinct.error, 4),
            "min": told[0],
            "max": told[1],
            "mean": self.values.mean,
            "length": None
            if not lengths.count
            else {"min": lengths.least, "max": lengths.greatest, "mean": lengths.mean},
            "top_values": None if frequent is None else _top(frequent),
            "top_values_error": None if frequent is None else frequent.undercount,
        }


def _values(values: Array) -> Extremes:
    kind = values.type
    if pat.is_integer(kind) or pat.is_float64(kind) or pat.is_decimal128(kind):
        return extremes.numbers(values)
    if is_calendar(kind):
        return extremes.ordered(values.cast(stored_as(kind)))
    if pat.is_boolean(kind):
        return extremes.ordered(values)
    if pat.is_string(kind):
        found = extremes.ordered(values)
        # Of texts cut alike the least is the least one cut.
        return replace(found, least=_cut(found.least), greatest=_cut(found.greatest))
    return Extremes()


def _cut(text: str | None) -> str | None:
    return None if text is None else text[:KEPT_TEXT]


def _lengths(values: Array) -> Extremes:
    kind = values.type
    if pat.is_string(kind):
        return extremes.numbers(pc.utf8_length(values))
    if pat.is_binary(kind):
        return extremes.numbers(pc.binary_length(values))
    if pat.is_list(kind):
        return extremes.numbers(pc.list_value_length(values))
    return Extremes()


def _runs(hashes: Hashes) -> tuple[Hashes, Counts]:
    """The distinct ones among ascending hashes, and how often there is each."""
    starts = np.flatnonzero(np.append(True, hashes[1:] != hashes[:-1])[: len(hashes)])
    return hashes[starts], np.diff(np.append(starts, len(hashes)))


def _has_top_values(kind: pa.DataType) -> bool:
    return not pat.is_nested(kind) and has_json_form(kind)


def _kept(values: Array) -> Array:
    if pat.is_string(values.type):
        return pc.utf8_slice_codeunits(values, 0, KEPT_TEXT)
    return values


def _top(frequent: FrequentValues) -> list[dict[str, Any]]:
    counts, hashes = pa.array(frequent.counts), pa.array(frequent.hashes)
    ranked = pa.table([counts, frequent.values, hashes], _RANKED)
    keys: Any = list(zip(_RANKED, ("descending", "ascending", "ascending"), strict=True))
    top = ranked.take(pc.sort_indices(ranked, sort_keys=keys)[:TOP_VALUES])
    values = show_values(top["values"].combine_chunks())
    found = zip(values, top["counts"].to_pylist(), strict=True)
    return [{"value": value, "count": count} for value, count in found]
