"""The errors of many rows at once: what they have in common is said once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from etl_polyglot.schema.arrow import Array, pc
from etl_polyglot.schema.canonical import canonical_json
from etl_polyglot.schema.errors import ErrorRecord, record_json
from etl_polyglot.schema.json_texts import json_texts

Ordinals = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """An error of several rows that differs in its row and in the value found there alone.

    `error` is the record less its `value`; its `index` is not looked at. `rows` are ascending.
    `values` has the value of each row as records show it, in an array where they are text,
    booleans or integers of a column; None where there is none to show.
    """

    error: ErrorRecord
    rows: Ordinals
    values: Array | list[Any] | None

    def at(self, places: Ordinals) -> Findings:
        """The same of other rows: row n is the one that stands at place n."""
        return replace(self, rows=places[self.rows])

    def between(self, start: int, stop: int) -> Findings:
        """What is found of the rows from `start` to before `stop`."""
        first, end = np.searchsorted(self.rows, (start, stop)).tolist()
        values = None if self.values is None else self.values[first:end]
        return replace(self, rows=self.rows[first:end], values=values)

    def texts(self) -> Array | list[str]:
        """The records as JSON text, from behind their `index` to before their closing brace."""
        text = record_json(_without(self.error, "index"))[1:-1]
        if self.values is None:
            return [text] * len(self.rows)
        if isinstance(self.values, list):
            return [f'{text},"value":{canonical_json(value)}' for value in self.values]
        return pc.binary_join_element_wise(f'{text},"value":', json_texts(self.values), "")

    def records(self) -> Iterator[ErrorRecord]:
        """The records, with the rows as their indices."""
        if self.values is None:
            return ({**self.error, "index": row} for row in self.rows.tolist())
        values = self.values if isinstance(self.values, list) else self.values.to_pylist()
        found = zip(self.rows.tolist(), values, strict=True)
        return ({**self.error, "index": row, "value": value} for row, value in found)


Part = Sequence[Findings]
"""All errors of some rows; those that a row has are in their order."""


def finding(row: int, record: ErrorRecord) -> Findings:
    """A single record as a finding."""
    values = [record["value"]] if "value" in record else None
    return Findings(_without(record, "value"), np.array([row], np.int64), values)


def records_by_row(part: Part) -> list[ErrorRecord]:
    """Return the records of a part in their order."""
    _, order = _order(part)
    records = [record for one in part for record in one.records()]
    return [records[at] for at in order.tolist()]


def texts_by_row(part: Part) -> tuple[Ordinals, Array]:
    """Return the row and the text of each record of a part, in their order."""
    rows, order = _order(part)
    texts: list[Array] = []
    told: list[str] = []
    for one in part:
        found = one.texts()
        if isinstance(found, list):
            told += found
        else:
            texts += [pa.array(told, pa.string()), found]
            told = []
    texts.append(pa.array(told, pa.string()))
    return rows, pa.concat_arrays(texts).take(order)


def in_pieces(part: Part, size: int) -> Iterator[Part]:
    """Cut a part between rows, into pieces of about so many records."""
    rows, _ = _order(part)
    if len(rows) <= size:
        yield part
        return
    start = 0
    while start < len(rows):
        first, last = int(rows[start]), int(rows[min(start + size, len(rows)) - 1])
        yield [one.between(first, last + 1) for one in part]
        start = int(np.searchsorted(rows, last, side="right"))


def one_by_one(records: Iterable[tuple[int, ErrorRecord]], size: int) -> Iterator[Part]:
    """Make parts of single records, each with its row, of which a part has about so many."""
    part: list[Findings] = []
    for row, record in records:
        if len(part) >= size and part[-1].rows[0] != row:
            yield part
            part = []
        part.append(finding(row, record))
    if part:
        yield part


def first_rows(records: list[ErrorRecord], most: int | None) -> list[ErrorRecord]:
    """Leave out rows that follow once there are `most` records; no row is told in half."""
    if most is None or len(records) <= most:
        return records
    if most == 0:
        return []
    last = records[most - 1]["index"]
    return [one for one in records if one["index"] <= last]


def _order(part: Part) -> tuple[Ordinals, Ordinals]:
    rows = np.concatenate([np.empty(0, np.int64), *(one.rows for one in part)])
    order = np.argsort(rows, kind="stable")
    return rows[order], order


def _without(record: ErrorRecord, name: str) -> ErrorRecord:
    return cast(ErrorRecord, {key: value for key, value in record.items() if key != name})
