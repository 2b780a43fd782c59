"""What a named check of generated models is: a verdict on a value as it came."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, TypeAdapter, model_validator
from pydantic_core import CoreSchema, PydanticCustomError, core_schema


class Type:
    """A type that is asked for its verdict; built when first asked."""

    def __init__(self, annotation: Any) -> None:
        self._annotation = annotation
        self._built: Any = None

    @property
    def validator(self) -> Any:
        """Pydantic's validator of the type, strict as those of models are."""
        if self._built is None:
            kind = self._annotation
            bare = get_args(kind)[0] if get_origin(kind) is Annotated else kind
            is_model = isinstance(bare, type) and issubclass(bare, BaseModel)
            config = None if is_model else ConfigDict(strict=True, allow_inf_nan=False)
            self._built = TypeAdapter(kind, config=config).validator
        return self._built

    def accepts(self, value: Any) -> bool:
        """Whether a value is of the type."""
        return bool(self.validator.isinstance_python(value))


class Check(ABC):
    """A named check; a subclass says in `accepts` which values fit."""

    keyword = ""

    @abstractmethod
    def accepts(self, value: Any) -> bool:
        """Whether a value, as it came, fits."""

    def judge(self, value: Any) -> Any:
        """Return the value as it is; raises where it does not fit."""
        if not self.accepts(value):
            context = {"keyword": self.keyword}
            raise PydanticCustomError("json_schema", "Does not fit {keyword}", context)
        return value

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        judge: Callable[[Any], Any] = self.judge
        return core_schema.no_info_before_validator_function(judge, handler(source))


def model_checks(checks: Callable[[], Sequence[Check]]) -> Any:
    """Return a model's validator that runs checks on an object as it came."""
    made: list[Check] = []

    def judge(value: Any) -> Any:
        if isinstance(value, dict):
            if not made:
                made.extend(checks())
            for check in made:
                check.judge(value)
        return value

    return model_validator(mode="before")(judge)
