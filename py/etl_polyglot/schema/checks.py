"""The named checks of generated models: what Pydantic itself would judge otherwise than JSON
Schema does.

Each stands behind a type in an `Annotated` and judges the value as it came. A check that takes
types asks them for a verdict only; they are built at its first use, so that a type may stand
within itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, TypeVar

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from etl_polyglot.generated.formats import FORMAT_CHECKS, FORMATS
from etl_polyglot.schema.canonical import MAX_SAFE_INTEGER, canonical_json
from etl_polyglot.schema.check import Check, Type, model_checks
from etl_polyglot.schema.combined_checks import (
    Also,
    ByType,
    Conditional,
    ExactlyOne,
    Not,
    Reference,
)
from etl_polyglot.schema.formats import has_format
from etl_polyglot.schema.object_checks import (
    DependentRequired,
    DependentSchemas,
    MemberCount,
    MemberNames,
    PatternMembers,
)
from etl_polyglot.schema.values import is_multiple, is_unique, json_type

__all__ = [
    "Also",
    "AnyValueOf",
    "ByType",
    "Conditional",
    "Contains",
    "DependentRequired",
    "DependentSchemas",
    "ExactlyOne",
    "Format",
    "Integer",
    "Integral",
    "MemberCount",
    "MemberNames",
    "MultipleOf",
    "Not",
    "Nothing",
    "Omittable",
    "PatternMembers",
    "PrefixItems",
    "Reference",
    "UniqueItems",
    "model_checks",
]

T = TypeVar("T")


class Integral:
    """An integer as JSON has it: 1.0 and 1e2 too, within ±(2^53-1)."""

    @staticmethod
    def __get_pydantic_core_schema__(source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(_whole, handler(source))


def _whole(value: Any) -> Any:
    if type(value) is float and value.is_integer():
        value = int(value)
    if type(value) is int and not -MAX_SAFE_INTEGER <= value <= MAX_SAFE_INTEGER:
        raise PydanticCustomError("unsafe_integer", "Integers end at ±(2^53-1)")
    return value


Integer = Annotated[int, Integral]


class NotNull:
    """Takes the None out of `T | None`: it stands for a member that is left out, not for null."""

    @staticmethod
    def __get_pydantic_core_schema__(source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = handler(source)
        return schema["schema"] if schema["type"] == "nullable" else schema


Omittable = Annotated[T | None, NotNull]
"""A member that may be left out, and is None then; an explicit null is refused."""


class _Nothing(Check):
    keyword = "false"

    def accepts(self, value: Any) -> bool:
        return False


Nothing = Annotated[Any, _Nothing()]
"""The schema false: no value fits."""


class Format(Check):
    """`format`: a string of one of the formats of `shared-schemas/formats.json`."""

    keyword = "format"

    def __init__(self, name: str) -> None:
        self.name = name

    def accepts(self, value: Any) -> bool:
        return not isinstance(value, str) or has_format(value, self.name)

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        if self.name in FORMAT_CHECKS:
            return super().__get_pydantic_core_schema__(source, handler)
        expression = core_schema.str_schema(pattern=FORMATS[self.name], strict=True)
        inner = handler(source)
        if inner == core_schema.str_schema():
            return expression
        return core_schema.chain_schema([inner, expression])


class _UniqueItems(Check):
    keyword = "uniqueItems"

    def accepts(self, value: Any) -> bool:
        return not isinstance(value, list) or is_unique(value)


UniqueItems = _UniqueItems()
"""`uniqueItems`: no item twice, by JSON equality."""


class MultipleOf(Check):
    """`multipleOf` for any number, exact on decimals."""

    keyword = "multipleOf"

    def __init__(self, step: int | float) -> None:
        self.step = step

    def accepts(self, value: Any) -> bool:
        return json_type(value) not in ("integer", "number") or is_multiple(value, self.step)


class AnyValueOf(Check):
    """`enum` and `const` whose values are not all strings, by JSON equality: true is not 1.

    It stands for the whole annotation, as `Literal[1]` would admit true.
    """

    keyword = "enum"

    def __init__(self, *values: Any) -> None:
        self._texts = frozenset(map(canonical_json, values))

    def accepts(self, value: Any) -> bool:
        return canonical_json(value) in self._texts

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.judge)


class PrefixItems(Check):
    """`prefixItems`, and `items` for those behind them; there may be fewer."""

    keyword = "prefixItems"

    def __init__(self, first: Sequence[Any], rest: Any) -> None:
        self._first = [Type(annotation) for annotation in first]
        self._rest = Type(rest)

    def accepts(self, value: Any) -> bool:
        if not isinstance(value, list):
            return True
        first = self._first
        return all(
            (first[position] if position < len(first) else self._rest).accepts(item)
            for position, item in enumerate(value)
        )


class Contains(Check):
    """`contains`, with `minContains` and `maxContains`."""

    keyword = "contains"

    def __init__(self, annotation: Any, least: int, most: int | None = None) -> None:
        self._type = Type(annotation)
        self._least = least
        self._most = most

    def accepts(self, value: Any) -> bool:
        if not isinstance(value, list):
            return True
        count = sum(map(self._type.accepts, value))
        return count >= self._least and (self._most is None or count <= self._most)
