"""What the parameters of a function take, and how they take it from a call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import pyarrow as pa
from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, to_json

from etl_polyglot.functions.context import FunctionContext
from etl_polyglot.functions.errors import InvalidArgumentError
from etl_polyglot.functions.tables import MalformedStreamError, TableType
from etl_polyglot.schema.errors import shown


@dataclass(frozen=True)
class Given:
    """What a call gives to a function.

    Attributes:
        context: the call itself.
        values: arguments that are JSON values.
        tables: arguments that are tables, each an Arrow IPC stream.
        streams: arguments that are streams, each chunk an Arrow IPC stream.
    """

    context: FunctionContext
    values: Mapping[str, Any] = field(default_factory=dict)
    tables: Mapping[str, pa.Buffer] = field(default_factory=dict)
    streams: Mapping[str, Iterable[pa.Buffer]] = field(default_factory=dict)

    def names(self) -> set[str]:
        """Return the names of all arguments."""
        return {*self.values, *self.tables, *self.streams}


class Parameter(Protocol):
    """One parameter: its name, and how it takes its argument."""

    @property
    def name(self) -> str:
        """What the argument is called."""

    def take(self, given: Given) -> Any:
        """Return the argument; raises InvalidArgumentError."""


@dataclass(frozen=True)
class ValueParameter:
    """Takes a JSON value of a type that Pydantic knows; the text "1" is no number."""

    name: str
    adapter: TypeAdapter[Any]

    def take(self, given: Given) -> Any:
        if self.name not in given.values:
            reason = f"expected a JSON value, got {_kind(self.name, given)}"
            raise InvalidArgumentError(self.name, reason)
        # As JSON, where Pydantic's strictness still takes dates from text and sets from arrays.
        text = to_json(given.values[self.name])
        try:
            return self.adapter.validate_json(text, strict=True)
        except ValidationError as error:
            told = "; ".join(_told(one) for one in error.errors(include_url=False))
            raise InvalidArgumentError(self.name, told) from None


def _told(error: ErrorDetails) -> str:
    place = "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in error["loc"])
    at = f"at {place.removeprefix('.')}: " if place else ""
    message = error["msg"].replace("Input should be", "expected", 1)
    if error["type"] in ("missing", "missing_argument"):
        return f"{at}{message[:1].lower()}{message[1:]}"
    return f"{at}{message}, got {to_json(shown(error['input']), inf_nan_mode='null').decode()}"


@dataclass(frozen=True)
class TableParameter:
    """Takes one table, or null where `nullable`."""

    name: str
    type: TableType
    nullable: bool

    def take(self, given: Given) -> Any:
        stream = given.tables.get(self.name)
        if stream is None:
            kind = _kind(self.name, given)
            if self.nullable and kind == "null":
                return None
            raise InvalidArgumentError(self.name, f"expected {self.type.name}, got {kind}")
        try:
            return self.type.read(stream)
        except MalformedStreamError as error:
            raise _malformed(self.name, error) from None


@dataclass(frozen=True)
class StreamParameter:
    """Takes the chunks of the call's input as they come; or one table, batch by batch."""

    name: str
    type: TableType

    def take(self, given: Given) -> Any:
        if self.name in given.values:
            reason = f"expected a stream of tables, got {_kind(self.name, given)}"
            raise InvalidArgumentError(self.name, reason)
        if self.name in given.tables:
            return self._items([given.tables[self.name]])
        return self._items(given.streams[self.name])

    def _items(self, stream: Iterable[pa.Buffer]) -> Iterator[Any]:
        for chunk in stream:
            try:
                yield from self.type.read_chunk(chunk)
            except MalformedStreamError as error:
                raise _malformed(self.name, error) from None
            del chunk  # its memory must not wait for the next one


@dataclass(frozen=True)
class ContextParameter:
    """Takes the call itself."""

    name: str

    def take(self, given: Given) -> Any:
        return given.context


def _malformed(name: str, error: MalformedStreamError) -> InvalidArgumentError:
    return InvalidArgumentError(name, f"its bytes are no Arrow IPC stream ({error})")


def _kind(name: str, given: Given) -> str:
    """What an argument is, in a few words."""
    if name in given.tables:
        return "a table"
    if name in given.streams:
        return "a stream"
    value = given.values[name]
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list):
        return f"an array of {len(value)}"
    return to_json(shown(value)).decode()
