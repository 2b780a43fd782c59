"""The named checks of generated models: what Pydantic itself would judge otherwise than JSON
Schema does.

Each stands behind a type in an `Annotated` and judges the value as it came. A check that takes
types asks them for a verdict only; they are built at its first use, so that a type may stand
within itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, TypeVar, get_args, get_origin

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from etl_polyglot.generated.formats import FORMAT_CHECKS, FORMATS
from etl_polyglot.schema.canonical import MAX_SAFE_INTEGER, canonical_json
from etl_polyglot.schema.formats import has_format
from etl_polyglot.schema.text import matches_portable
from etl_polyglot.schema.values import is_multiple, is_unique, json_type

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


class Check:
    """A named check; a subclass says in `accepts` which values fit."""

    keyword = ""

    def accepts(self, value: Any) -> bool:
        """Whether a value, as it came, fits."""
        raise NotImplementedError

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
    """`enum` and `const` whose values are not all strings, by JSON equality: true is not 1."""

    keyword = "enum"

    def __init__(self, *values: Any) -> None:
        self._texts = frozenset(map(canonical_json, values))

    def accepts(self, value: Any) -> bool:
        return canonical_json(value) in self._texts


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


class _Several(Check):
    def __init__(self, *annotations: Any) -> None:
        self._types = [Type(annotation) for annotation in annotations]


class AnyOf(_Several):
    """`anyOf` beside other keywords."""

    keyword = "anyOf"

    def accepts(self, value: Any) -> bool:
        return any(one.accepts(value) for one in self._types)


class ExactlyOne(_Several):
    """`oneOf`: exactly one of the types takes the value."""

    keyword = "oneOf"

    def accepts(self, value: Any) -> bool:
        return sum(one.accepts(value) for one in self._types) == 1


class Not(_Several):
    """`not`: whatever the type refuses."""

    keyword = "not"

    def accepts(self, value: Any) -> bool:
        return not self._types[0].accepts(value)


class Conditional(_Several):
    """`if`, `then`, `else`."""

    keyword = "if"

    def accepts(self, value: Any) -> bool:
        test, then, otherwise = self._types
        return (then if test.accepts(value) else otherwise).accepts(value)


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


class _ObjectCheck(Check):
    def accepts(self, value: Any) -> bool:
        return not isinstance(value, dict) or self.accepts_object(value)

    def accepts_object(self, value: dict[str, Any]) -> bool:
        """Whether an object fits."""
        raise NotImplementedError


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
