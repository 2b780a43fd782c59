"""Says from columns why rows do not fit: what `explain` says of each row, many rows at once.

Each keyword that judges a member's own value is asked of the whole column by itself. Rows with
any other fault (within a value, of a combination of schemas, or one that kernels cannot decide)
are left to `explain`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from etl_polyglot.schema.arrow import Array
from etl_polyglot.schema.columnar.judge import judge, judge_with_nulls, struct_of
from etl_polyglot.schema.columnar.judged import Judged, Mask, Suspects, filled
from etl_polyglot.schema.columnar.kernels import mask_of
from etl_polyglot.schema.columnar.place import NATURAL, Place
from etl_polyglot.schema.errors import MISSING, ErrorRecord, error_record, order_of
from etl_polyglot.schema.explain import VALUE_KEYWORDS
from etl_polyglot.schema.findings import Findings, Part, finding, first_rows, records_by_row
from etl_polyglot.schema.ir import Node
from etl_polyglot.schema.shape import judges_presence
from etl_polyglot.schema.uncast import Uncast

Positions = npt.NDArray[np.intp]

_PART_ERRORS = 512
"""Errors of single rows that are held at once; a row may have hundreds."""


@dataclass(frozen=True, slots=True, eq=False)
class BadRows:
    """What the explainer asks of rows that do not fit.

    `aside` are those that do not lie in the columns. `values` gives the JSON values of a column
    at some positions as records show them, `explain` the error records of the rows at some
    positions, one by one. `uncast` has the columns in which a value could not be cast: such a row
    is judged by its other columns.
    """

    aside: Suspects
    values: Callable[[str, Positions], Array | list[Any]]
    explain: Callable[[Positions], Iterator[list[ErrorRecord]]]
    uncast: Sequence[Uncast] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Question:
    """Whether the values of a column fit one keyword; `record` is the error of those that do not.

    The record lacks its index and value.
    """

    node: Node
    record: ErrorRecord


@dataclass(frozen=True, slots=True, eq=False)
class _Member:
    """What is asked of one member's column."""

    name: str
    place: Place
    absent: ErrorRecord | None
    of_type: _Question | None
    of_value: tuple[_Question, ...]


Answers = Iterator[tuple[ErrorRecord, Judged]]


class ColumnExplainer:
    """Explains bad rows by their columns.

    Parameters:
        root: the schema of a row.
        place: how batches of rows are read.
    """

    def __init__(self, root: Node, place: Place) -> None:
        required = root.keywords.get("required", ())
        self._place = place
        self._judges_presence = judges_presence(root)
        declared = {prop.name: prop.node for prop in root.properties}
        self._members = [
            _member(name, declared.get(name), name in required, place.fields.get(name, NATURAL))
            for name in dict.fromkeys((*declared, *required))
        ]
        self._rest = replace(
            root,
            keywords={key: value for key, value in root.keywords.items() if key != "required"},
            properties=tuple(replace(prop, node=_within(prop.node)) for prop in root.properties),
        )

    def errors(
        self,
        batch: pa.RecordBatch,
        rows: BadRows,
        indices: Positions,
        max_errors: int | None,
    ) -> list[ErrorRecord]:
        """Return the error records of bad rows, in their order and with their own indices.

        Once there are `max_errors`, further rows are no longer explained.
        """
        errors: list[ErrorRecord] = []
        size = _PART_ERRORS if max_errors is None else min(max_errors, _PART_ERRORS)
        for part in self.findings(batch, rows, size):
            errors += records_by_row([one.at(indices) for one in part])
            if max_errors is not None and len(errors) >= max_errors:
                break
        return first_rows(errors, max_errors)

    def findings(
        self, batch: pa.RecordBatch, rows: BadRows, size: int = _PART_ERRORS
    ) -> Iterator[Part]:
        """Explain bad rows.

        Returns what was found in parts, by row; `size` errors of rows that `explain` must explain
        are in a part, and any number of others.
        """
        left, alike = self._alike(batch, rows)
        told, single = 0, list[Findings]()
        positions = np.flatnonzero(left)
        for row, errors in zip(positions.tolist(), rows.explain(positions), strict=True):
            single += [finding(row, error) for error in errors]
            if len(single) >= size:
                yield [*(one.between(told, row) for one in alike), *single]
                told, single = row, []
        yield [*(one.between(told, batch.num_rows) for one in alike), *single]

    def _alike(self, batch: pa.RecordBatch, rows: BadRows) -> tuple[Mask, list[Findings]]:
        """Return the rows that only `explain` can explain, and what is found of all others."""
        count = batch.num_rows
        left = filled(judge(self._rest, struct_of(batch), self._place).suspects, count)
        left = left | filled(rows.aside, count)
        hidden: dict[str, Mask] = {}
        found: list[tuple[ErrorRecord, Mask, Callable[[Positions], Array | list[Any]] | None]] = []
        for one in rows.uncast:
            hidden[one.name] = one.rows
            found.append((one.error, one.rows, one.shown_at))
            if self._judges_presence:  # and a row without the value may be judged otherwise
                left = left | one.rows
        for member in self._members:
            shown_rows = ~hidden[member.name] if member.name in hidden else None
            for error, judged in _answers(member, batch):
                judged = judged.where(shown_rows)
                left = left | filled(judged.unsure, count)
                if judged.wrong is not None:
                    is_absent = error["keyword"] == "required"
                    values_of = None if is_absent else partial(rows.values, member.name)
                    found.append((error, judged.wrong, values_of))
        alike = []
        for error, wrong, values in sorted(found, key=lambda one: order_of(one[0])):
            positions = np.flatnonzero(wrong & ~left)
            if len(positions):
                told = None if values is None else values(positions)
                alike.append(Findings(error, positions, told))
        return left, alike


def _member(name: str, node: Node | None, required: bool, place: Place) -> _Member:
    def question(keyword: str, expected: object, asked: Node) -> _Question:
        return _Question(asked, error_record(0, (name,), keyword, expected, MISSING))

    absent = error_record(0, (name,), "required", True, MISSING) if required else None
    if node is None or node.never:
        return _Member(name, place, absent, None, ())
    bare = Node(node.pointer, node.document)
    return _Member(
        name,
        place,
        absent,
        question("type", node.document["type"], replace(bare, types=node.types))
        if node.types
        else None,
        tuple(
            question(keyword, expected, replace(bare, keywords={keyword: expected}))
            for keyword, expected in node.keywords.items()
            if keyword in VALUE_KEYWORDS
        ),
    )


def _within(node: Node) -> Node:
    """Return what a member's schema says of more than the value itself."""
    if node.never:
        return node
    keywords = {key: value for key, value in node.keywords.items() if key not in VALUE_KEYWORDS}
    return replace(node, types=(), keywords=keywords)


def _answers(member: _Member, batch: pa.RecordBatch) -> Answers:
    """Yield what kernels find for each question; a wrong type hides the other faults."""
    count = batch.num_rows
    column = _column(batch, member.name)
    present = (
        np.zeros(count, dtype=np.bool_)
        if column is None
        else None
        if not column.null_count or member.place.keeps_null
        else mask_of(column.is_valid())
    )
    if member.absent is not None and present is not None:
        yield member.absent, Judged(~present)
    if column is None:
        return
    if member.of_type is not None:
        found = judge_with_nulls(member.of_type.node, column, member.place).where(present)
        yield member.of_type.record, found
        if found.wrong is not None:
            present = ~found.wrong if present is None else present & ~found.wrong
    for one in member.of_value:
        yield one.record, judge_with_nulls(one.node, column, member.place).where(present)


def _column(batch: pa.RecordBatch, name: str) -> Array | None:
    return batch.column(name) if name in batch.schema.names else None
