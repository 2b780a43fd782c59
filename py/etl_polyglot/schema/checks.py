"""The named checks of generated models: what Pydantic itself would judge otherwise than JSON
Schema does.

Each is the last metadata of an `Annotated`, so that it sees the type with its constraints.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from etl_polyglot.generated.formats import FORMATS
from etl_polyglot.schema.canonical import MAX_SAFE_INTEGER, canonical_json, number_text
from etl_polyglot.schema.values import is_multiple, is_unique

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


@dataclass(frozen=True, slots=True)
class Format:
    """`format`: a string of one of the formats of `shared-schemas/formats.json`."""

    name: str

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        expression = core_schema.str_schema(pattern=FORMATS[self.name], strict=True)
        inner = handler(source)
        if inner == core_schema.str_schema():
            return expression
        return core_schema.chain_schema([inner, expression])


class UniqueItems:
    """`uniqueItems`: no item twice, by JSON equality."""

    @staticmethod
    def __get_pydantic_core_schema__(source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        # Before, not after: the list's own numbers, where 1 is already 1.0.
        return core_schema.no_info_before_validator_function(_unique, handler(source))


def _unique(value: Any) -> Any:
    if isinstance(value, list) and not is_unique(value):
        raise PydanticCustomError("repeated_items", "Items must differ")
    return value


@dataclass(frozen=True, slots=True)
class MultipleOf:
    """`multipleOf` for any number, exact: a power of ten counts decimals, an integer divides."""

    step: int | float

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def _check(self, value: float) -> float:
        if not is_multiple(value, self.step):
            text = number_text(self.step)
            raise PydanticCustomError("not_multiple", "Not a multiple of {step}", {"step": text})
        return value


class OneOf:
    """`enum` and `const` whose values are not all strings, by JSON equality: true is not 1."""

    def __init__(self, *values: Any) -> None:
        self._texts = frozenset(map(canonical_json, values))

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        check: Callable[[Any], Any] = self._check
        return core_schema.no_info_plain_validator_function(check)

    def _check(self, value: Any) -> Any:
        if canonical_json(value) not in self._texts:
            allowed = ", ".join(sorted(self._texts))
            raise PydanticCustomError("not_in_enum", "Must be {allowed}", {"allowed": allowed})
        return value
