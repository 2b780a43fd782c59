"""The microservice's work on rows of JSON: Pydantic row by row, with its cheapest kind of model."""

import unicodedata
from datetime import UTC
from typing import Annotated, Any, NotRequired

import orjson
from pydantic import (
    AfterValidator,
    AwareDatetime,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
)
from typing_extensions import TypedDict

EMAIL = (
    r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@"
    r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$"
)


def _normal(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _normal_email(email: str) -> str:
    account, at, domain = email.rpartition("@")
    return account + at + domain.lower()


def _unique(items: list[str]) -> list[str]:
    if len(set(items)) != len(items):
        raise ValueError("items stand twice")
    return items


Text = Annotated[str, AfterValidator(_normal)]


class User(TypedDict):
    """A user; what is valid comes out normalised."""

    __pydantic_config__ = ConfigDict(strict=True, extra="forbid")  # type: ignore[misc]

    id: Annotated[int, Field(ge=1)]
    email: Annotated[str, Field(pattern=EMAIL), AfterValidator(_normal_email)]
    name: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_normal)]
    age: NotRequired[Annotated[int, Field(ge=0, le=150)]]
    created_at: Annotated[AwareDatetime, Field(strict=False)]
    is_active: NotRequired[bool]
    tags: NotRequired[Annotated[list[Text], Field(max_length=50), AfterValidator(_unique)]]


_validate = TypeAdapter(User).validator.validate_python


def transform_rows(body: bytes) -> bytes:
    """Validate and normalise users.

    Row by row, as a list validated in one piece has either its rows or its errors: with one bad
    row in a hundred this is faster than going through the list twice.

    Returns:
        `{rows, errors}`, of the good rows and of `[index, field]` of the bad ones' errors.
    """
    good: list[Any] = []
    errors: list[tuple[int, Any]] = []
    for index, row in enumerate(orjson.loads(body)):
        try:
            user = _validate(row)
        except ValidationError as error:
            faults = error.errors(include_url=False, include_context=False, include_input=False)
            errors += ((index, fault["loc"][0]) for fault in faults)
        else:
            user["created_at"] = user["created_at"].astimezone(UTC)
            good.append(user)
    return orjson.dumps({"rows": good, "errors": errors}, option=orjson.OPT_UTC_Z)
