"""Says from columns why rows do not fit: what `explain` says of each row, many rows at once.

Each keyword that judges a member's own value is asked of the whole column by itself. Rows with
any other fault (within a value, of a combination of schemas, or one that kernels cannot decide)
are left to `explain`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from etl_polyglot.schema.arrow import Array
from etl_polyglot.schema.columnar.judge import judge, judge_with_nulls, struct_of
from etl_polyglot.schema.columnar.judged import Judged, Suspects, filled
from etl_polyglot.schema.columnar.kernels import mask_of
from etl_polyglot.schema.columnar.place import NATURAL, Place
from etl_polyglot.schema.errors import MISSING, ErrorRecord, error_record, order_of, shown
from etl_polyglot.schema.explain import VALUE_KEYWORDS
from etl_polyglot.schema.ir import Node

Positions = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class BadRows:
    """What the explainer asks of rows that do not fit.

    `indices` are their own, for their records; `aside` are those that do not lie in the columns.
    `values` gives the JSON values of a column at some positions, `explain` the error records of
    the rows at some positions, one by one.
    """

    indices: Positions
    aside: Suspects
    values: Callable[[str, Positions], list[Any]]
    explain: Callable[[Positions], Iterator[list[ErrorRecord]]]


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
        self, batch: pa.RecordBatch, rows: BadRows, max_errors: int | None
    ) -> list[ErrorRecord]:
        """Return the error records of bad rows, in their order.

        Once there are `max_errors`, further rows are no longer explained.
        """
        told = self._told(batch, rows)
        by_rows = rows.explain(
            np.array([at for at, one in enumerate(told) if one is None], np.intp)
        )
        errors: list[ErrorRecord] = []
        for one in told:
            if max_errors is not None and len(errors) >= max_errors:
                break
            errors += next(by_rows) if one is None else one
        return errors

    def _told(self, batch: pa.RecordBatch, rows: BadRows) -> list[list[ErrorRecord] | None]:
        """Return each row's error records, as `explain` gives them; None where it must."""
        count = batch.num_rows
        left = filled(judge(self._rest, struct_of(batch), self._place).suspects, count)
        left = left | filled(rows.aside, count)
        answers = []
        for member in self._members:
            for record, found in _answers(member, batch):
                left = left | filled(found.unsure, count)
                if found.wrong is not None:
                    answers.append((record, found.wrong))
        records: list[list[ErrorRecord] | None] = [None if one else [] for one in left.tolist()]
        for template, wrong in sorted(answers, key=lambda answer: order_of(answer[0])):
            positions = np.flatnonzero(wrong & ~left)
            told = _told(template, positions, rows)
            for position, record in zip(positions.tolist(), told, strict=True):
                of_row = records[position]
                assert of_row is not None
                of_row.append(record)
        return records


def _told(template: ErrorRecord, positions: Positions, rows: BadRows) -> Iterator[ErrorRecord]:
    chosen = rows.indices[positions].tolist()
    if template["keyword"] == "required":
        for index in chosen:
            yield {**template, "index": index}
        return
    for index, value in zip(chosen, rows.values(template["field"], positions), strict=True):
        yield {**template, "index": index, "value": shown(value)}


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
