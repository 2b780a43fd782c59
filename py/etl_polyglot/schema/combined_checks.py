"""The named checks that combine types: what applies together, and which of several applies."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from pydantic import GetCoreSchemaHandler, ValidationError
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from etl_polyglot.schema.check import Check, Type
from etl_polyglot.schema.values import json_type


class ByType(Check):
    """Keywords without `type`: each judges the values of its own type, the others fit."""

    keyword = "type"

    def __init__(self, **types: Any) -> None:
        self._types = {kind: Type(annotation) for kind, annotation in types.items()}

    def accepts(self, value: Any) -> bool:
        kind = json_type(value)
        own = self._types.get("number" if kind == "integer" else kind)
        return own is None or own.accepts(value)


class Also(Check):
    """`allOf`, and whatever else applies together."""

    keyword = "allOf"

    def __init__(self, annotation: Any) -> None:
        self._type = Type(annotation)

    def accepts(self, value: Any) -> bool:
        return self._type.accepts(value)


class ExactlyOne:
    """`oneOf`: exactly one of the types takes the value; it stands for the whole annotation."""

    def __init__(self, *annotations: Any) -> None:
        self._types = [Type(annotation) for annotation in annotations]

    def validate(self, value: Any) -> Any:
        """Return the value as the one type has it; raises where none or several take it."""
        found = []
        for one in self._types:
            with suppress(ValidationError):
                found.append(one.validator.validate_python(value))
        if len(found) != 1:
            raise PydanticCustomError("json_schema", "Does not fit oneOf")
        return found[0]

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.validate)


class Not(Check):
    """`not`: whatever the type refuses."""

    keyword = "not"

    def __init__(self, annotation: Any) -> None:
        self._type = Type(annotation)

    def accepts(self, value: Any) -> bool:
        return not self._type.accepts(value)


class Conditional(Check):
    """`if`, `then`, `else`."""

    keyword = "if"

    def __init__(self, test: Any, then: Any, otherwise: Any) -> None:
        self._test, self._then, self._otherwise = Type(test), Type(then), Type(otherwise)

    def accepts(self, value: Any) -> bool:
        return (self._then if self._test.accepts(value) else self._otherwise).accepts(value)


class Reference:
    """`$ref` to a type that is not made yet: one within itself."""

    def __init__(self, annotation: Callable[[], Any]) -> None:
        self._annotation = annotation
        self._type: Type | None = None

    def validate(self, value: Any) -> Any:
        """Return the value as the type has it; raises where it does not fit."""
        if self._type is None:
            self._type = Type(self._annotation())
        try:
            return self._type.validator.validate_python(value)
        except ValidationError as error:
            raise PydanticCustomError("json_schema", "Does not fit $ref") from error

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.validate)
