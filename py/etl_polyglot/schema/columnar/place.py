"""How the arrays of a record are read: what their nulls and texts stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from etl_polyglot.schema.record import Column


@dataclass(frozen=True, slots=True)
class Place:
    """How the nulls and texts of an array are read.

    A null is an absent member unless `keeps_null`; a text stands for the JSON that it is where
    `is_json`, a decimal for its text where `is_text`, and an integer where `is_digits`.
    """

    keeps_null: bool = False
    is_json: bool = False
    is_text: bool = False
    is_digits: bool = False
    fields: Mapping[str, Place] = field(default_factory=dict)
    item: Place | None = None

    @property
    def is_natural(self) -> bool:
        """Whether every value stands for itself, and every null of an object for no member."""
        inner = [*self.fields.values(), *([self.item] if self.item else [])]
        is_itself = not (self.keeps_null or self.is_json or self.is_text or self.is_digits)
        return is_itself and all(one.is_natural for one in inner)


NATURAL = Place()
"""Every value stands for itself."""


def place_of(column: Column) -> Place:
    """Return how the arrays of a record's column are read."""
    return Place(
        column.required and column.nullable,
        column.kind == "json",
        column.kind == "string",
        column.is_number_as_text,
        {one.name: place_of(one) for one in column.fields},
        None if column.item is None else place_of(column.item),
    )
