"""What a method sees of a call, and the registry of methods."""

import threading
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from etl_polyglot.rules.rule_set import RuleSet
from etl_polyglot.schema.registry import SchemaNotFoundError, SchemaRegistry
from etl_polyglot.schema.rule import RuleFailedError


@dataclass(frozen=True)
class Call:
    """One call from Node.

    Attributes:
        params: the call's parameters.
        body: the call's body, uncopied: valid only until the method returns, for Node then puts
            other bytes there. Keep nothing that refers to it, and copy what must live longer.
        registry: the record schemas.
        rules: their business rules.
        emit: sends an event to the caller; may be called from any thread.
        cancelled: set when the caller no longer wants the answer. A method that runs long looks
            at it and raises `CallError("CANCELLED", …)`.
    """

    method: str
    params: dict[str, Any]
    body: pa.Buffer | None
    registry: SchemaRegistry
    rules: RuleSet
    emit: Callable[[Mapping[str, Any]], None]
    cancelled: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True)
class Reply:
    """A method's answer: a JSON value, and perhaps a body."""

    value: Any
    body: pa.Buffer | None = None


class CallError(Exception):
    """A call ends with an error that `shared-schemas/wire/errors.json` lists.

    Attributes:
        code: the stable code of the table.
        message: the error's text for a person.
        details: the values that the table's text speaks of; `method` is added to them.
        traceback: what the log is to have, where the fault lies in someone's code.
    """

    def __init__(
        self,
        code: str,
        message: str,
        details: Mapping[str, Any] | None = None,
        traceback: str | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details: dict[str, Any] = dict(details or {})
        self.traceback = traceback


def schema_not_found(error: SchemaNotFoundError) -> CallError:
    """Tell the caller which record schemas there are."""
    meant = f" (did you mean {error.suggestion}?)" if error.suggestion else ""
    details = {"name": error.name, "suggestion": meant, "known": ", ".join(error.known)}
    return CallError("SCHEMA_NOT_FOUND", str(error), details)


def rule_failed(error: RuleFailedError, details: Mapping[str, Any]) -> CallError:
    """Tell the caller which business rule gave no verdict, and the log where it went wrong."""
    trace = "".join(traceback.format_exception(error.__cause__ or error))
    return CallError("RULE_FAILED", str(error), details, trace)


Method = Callable[[Call], Reply]

METHODS: dict[str, Method] = {}


def method(name: str) -> Callable[[Method], Method]:
    """Register a function as the method that Node calls by `name`.

    Raises:
        ValueError: the name is taken.
    """

    def register(function: Method) -> Method:
        if name in METHODS:
            raise ValueError(f"there are two methods called {name}")
        METHODS[name] = function
        return function

    return register
