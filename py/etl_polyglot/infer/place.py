"""What was observed at one place of the records: in a column, a member, or the items of a list."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from etl_polyglot.engine.stop import checkpoint
from etl_polyglot.infer.numbers import NumberFacts
from etl_polyglot.infer.texts import TextFacts
from etl_polyglot.infer.uniqueness import Memory, Uniqueness
from etl_polyglot.infer.written import Written
from etl_polyglot.schema.arrow import Array

MOST_DEPTH = 16
MOST_MEMBERS = 200
"""Names of an object's members; objects with more of them have data for names."""


@dataclass(slots=True)
class Bounds:
    """How much may be remembered of a file.

    Attributes:
        places: how many more places there may be.
        memory: how many more values.
    """

    places: int = 4000
    memory: Memory = field(default_factory=Memory)


@dataclass(slots=True)
class Place:
    """What was observed at one place.

    Attributes:
        bounds: shared by all places of a file.
        depth: how many arrays and objects it lies within.
        nulls: how many nulls were written out.
        booleans: how many booleans there are.
        numbers: what is known of its numbers.
        texts: what is known of its texts.
        arrays: how many arrays there are.
        item: what their items are like; None: there was none, or it lies too deep to say.
        objects: how many objects there are.
        members: what their members are like, by name.
        is_open: whether there are members beside these.
        declared: the type of a column that has one.
        written: what the fields of a text column could be.
        containers: the place of the arrays and objects that these are as JSON.
        unique: whether no value came twice, where it was looked for.
        others: how many values of other types there are.
    """

    bounds: Bounds
    depth: int = 0
    nulls: int = 0
    booleans: int = 0
    numbers: NumberFacts = field(default_factory=NumberFacts)
    texts: TextFacts = field(default_factory=TextFacts)
    arrays: int = 0
    item: "Place | None" = None
    objects: int = 0
    members: dict[str, "Place"] = field(default_factory=dict)
    is_open: bool = False
    declared: pa.DataType | None = None
    written: Written | None = None
    containers: "Place | None" = None
    unique: Uniqueness | None = None
    others: int = 0

    @property
    def values(self) -> int:
        """How many values there are that are not null."""
        scalars = self.booleans + self.numbers.count + self.texts.count
        return scalars + self.arrays + self.objects + self.others

    def within(self) -> "Place | None":
        """Make a place within this one; None where there may be no more."""
        if self.depth >= MOST_DEPTH or self.bounds.places <= 0:
            return None
        self.bounds.places -= 1
        return Place(self.bounds, self.depth + 1)

    def member(self, name: str) -> "Place | None":
        """The place of a member; None where there may be no more."""
        if name not in self.members:
            full = self.depth > 0 and len(self.members) >= MOST_MEMBERS
            made = None if full else self.within()
            if made is None:
                self.is_open = True
                return None
            if self.depth == 0:
                made.unique = Uniqueness(self.bounds.memory)
            self.members[name] = made
        return self.members[name]

    def items(self) -> "Place | None":
        """The place of the items of its arrays; None where it would lie too deep."""
        if self.item is None:
            self.item = self.within()
        return self.item

    def observe(self, values: Sequence[Any]) -> None:
        """Take in values of parsed JSON."""
        checkpoint()
        by_type: dict[type, list[Any]] = {}
        for value in values:
            by_type.setdefault(type(value), []).append(value)
        self.nulls += len(by_type.pop(type(None), ()))
        self.booleans += len(by_type.get(bool, ()))
        self.arrays += len(by_type.get(list, ()))
        self.objects += len(by_type.get(dict, ()))
        numbers = [*by_type.get(int, ()), *by_type.get(float, ())]
        if numbers:
            self.numbers.observe(numbers)
        texts = pa.array(by_type.get(str, ()), pa.string())
        self.texts.observe(texts)
        if self.unique is not None:
            self._observe_key(by_type, texts)
        self._observe_items([item for one in by_type.get(list, ()) for item in one])
        self._observe_members(by_type.get(dict, ()))

    def _observe_key(self, by_type: dict[type, list[Any]], texts: Array) -> None:
        assert self.unique is not None
        if not by_type.keys() <= {int, str} or not self.numbers.are_safe:
            self.unique.give_up()
            return
        self.unique.observe(pa.array(by_type.get(int, ()), pa.int64()))
        self.unique.observe(texts)

    def _observe_items(self, items: list[Any]) -> None:
        place = self.items() if items else None
        if place is not None:
            place.observe(items)

    def _observe_members(self, objects: Sequence[dict[str, Any]]) -> None:
        found: dict[str, list[Any]] = {}
        for one in objects:
            for name, value in one.items():
                found.setdefault(name, []).append(value)
        for name, values in found.items():
            place = self.member(name)
            if place is not None:
                place.observe(values)
