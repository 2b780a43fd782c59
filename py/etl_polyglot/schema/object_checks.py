"""The named checks of objects: what a model's fields cannot say of its members."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from etl_polyglot.schema.check import Check, Type
from etl_polyglot.schema.text import matches_portable


class _ObjectCheck(Check):
    def accepts(self, value: Any) -> bool:
        return not isinstance(value, dict) or self.accepts_object(value)

    @abstractmethod
    def accepts_object(self, value: dict[str, Any]) -> bool:
        """Whether an object fits."""


class PatternMembers(_ObjectCheck):
    """`patternProperties`, and `additionalProperties` for the names that nothing else has.

    Patterns are portable ones; `declared` are the names that the model itself judges.
    """

    keyword = "patternProperties"

    def __init__(
        self,
        patterns: Sequence[tuple[str, Any]],
        declared: Sequence[str] = (),
        others: Any = None,
    ) -> None:
        self._patterns = [(pattern, Type(annotation)) for pattern, annotation in patterns]
        self._declared = frozenset(declared)
        self._others = None if others is None else Type(others)

    def accepts_object(self, value: dict[str, Any]) -> bool:
        return all(self._accepts_member(name, member) for name, member in value.items())

    def _accepts_member(self, name: str, member: Any) -> bool:
        judges = [one for pattern, one in self._patterns if matches_portable(name, pattern)]
        if not judges and self._others is not None and name not in self._declared:
            return self._others.accepts(member)
        return all(one.accepts(member) for one in judges)


class MemberNames(_ObjectCheck):
    """`propertyNames`."""

    keyword = "propertyNames"

    def __init__(self, annotation: Any) -> None:
        self._type = Type(annotation)

    def accepts_object(self, value: dict[str, Any]) -> bool:
        return all(map(self._type.accepts, value))


class MemberCount(_ObjectCheck):
    """`minProperties` and `maxProperties`."""

    keyword = "minProperties"

    def __init__(self, least: int = 0, most: int | None = None) -> None:
        self._least = least
        self._most = most

    def accepts_object(self, value: dict[str, Any]) -> bool:
        return len(value) >= self._least and (self._most is None or len(value) <= self._most)


class DependentRequired(_ObjectCheck):
    """`dependentRequired`: with one member, others are required."""

    keyword = "dependentRequired"

    def __init__(self, names: Mapping[str, Sequence[str]]) -> None:
        self._names = names

    def accepts_object(self, value: dict[str, Any]) -> bool:
        return all(
            trigger not in value or all(name in value for name in names)
            for trigger, names in self._names.items()
        )


class DependentSchemas(_ObjectCheck):
    """`dependentSchemas`: with a member, the object must fit a type."""

    keyword = "dependentSchemas"

    def __init__(self, types: Mapping[str, Any]) -> None:
        self._types = {trigger: Type(annotation) for trigger, annotation in types.items()}

    def accepts_object(self, value: dict[str, Any]) -> bool:
        return all(
            trigger not in value or one.accepts(value) for trigger, one in self._types.items()
        )
