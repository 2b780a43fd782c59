"""Values as keys of caches, by what they are rather than by what they hold."""

from __future__ import annotations

from typing import Any


class Same:
    """A value that is equal to itself only: a list of a schema is looked into once.

    Parameters:
        value: the value; it must not change.
    """

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.value is other.value
