"""What a method sees of a call, and the registry of methods."""

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pyarrow as pa

from etl_polyglot.functions.function_set import FunctionSet
from etl_polyglot.rules.rule_set import RuleSet
from etl_polyglot.schema.registry import SchemaNotFoundError, SchemaRegistry
from etl_polyglot.schema.rule import RuleFailedError
from etl_polyglot.worker.body import Body
from etl_polyglot.worker.stream import Chunk


@dataclass(slots=True)
class Call:
    """One call from Node.

    Attributes:
        params: the call's parameters.
        body: the call's body, uncopied and read-only. Its memory is the call's own for as long as
            anything refers to it, and is not Node's until then.
        registry: the record schemas.
        rules: their business rules.
        functions: the functions that can be called by name.
        emit: sends an event to the caller; may be called from any thread.
        cancelled: set when the caller no longer wants the answer. A method that runs long looks
            at it and raises `CallError("CANCELLED", …)`.
        chunks: the call's input stream; empty when it has none. Waits for Node; raises NodeError
            when Node's iterator failed.
        deadline: when nobody waits any more, as `time.monotonic()` counts; None for never.
        traceparent: the trace that the call belongs to, as W3C Trace Context writes it.
    """

    method: str
    params: dict[str, Any]
    body: pa.Buffer | None
    registry: SchemaRegistry
    rules: RuleSet
    functions: FunctionSet
    emit: Callable[[Mapping[str, Any]], None]
    cancelled: threading.Event = field(default_factory=threading.Event)
    chunks: Iterator[Chunk] = field(default_factory=lambda: iter(()))
    deadline: float | None = None
    traceparent: str | None = None

    @property
    def name(self) -> str:
        """What errors call it: its method, and the function that `call_function` calls."""
        called = self.params.get("name") if self.method == "call_function" else None
        return self.method if called is None else f"{self.method} {called}"


@dataclass(slots=True)
class Reply:
    """A method's answer, or a part of it: a JSON value, and perhaps a body.

    A table or a batch is written as an Arrow IPC stream straight to where Node reads it.
    """

    value: Any
    body: Body | None = None


class CallError(Exception):
    """A call ends with an error that `shared-schemas/wire/errors.json` lists.

    Attributes:
        code: the stable code of the table.
        message: the error's text for a person.
        details: the values that the table's text speaks of; `method` is added to them.
        origin: the exception whose place the caller is to see instead of this one's.
    """

    def __init__(
        self,
        code: str,
        message: str,
        details: Mapping[str, Any] | None = None,
        origin: BaseException | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details: dict[str, Any] = dict(details or {})
        self.origin = origin


class NodeError(Exception):
    """The iterator in Node that gives a call's input has failed.

    Attributes:
        name: the JavaScript error's name, such as `TypeError`.
        message: its message.
        stack: the JavaScript frames, as Node prints them.
    """

    def __init__(self, name: str, message: str, stack: str | None = None) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name
        self.message = message
        self.stack = stack
        if stack is not None:
            self.add_note(stack)


def schema_not_found(error: SchemaNotFoundError) -> CallError:
    """Tell the caller which record schemas there are."""
    meant = f" (did you mean {error.suggestion}?)" if error.suggestion else ""
    details = {"name": error.name, "suggestion": meant, "known": ", ".join(error.known)}
    return CallError("SCHEMA_NOT_FOUND", str(error), details)


def rule_failed(error: RuleFailedError, details: Mapping[str, Any]) -> CallError:
    """Tell the caller which business rule gave no verdict, and where it went wrong."""
    return CallError("RULE_FAILED", str(error), details, error.__cause__ or error)


Method = Callable[[Call], Reply | Iterator[Reply]]
"""Returns its answer, or an iterator: each of its replies is a chunk of the call's output, and
what a generator returns is the answer at the end."""

_Method = TypeVar("_Method", bound=Method)

METHODS: dict[str, Method] = {}

RETRY_SAFE: set[str] = set()
"""The methods that may run again when their worker was lost in the middle of them."""


def method(name: str, *, retry: bool = False) -> Callable[[_Method], _Method]:
    """Register a function as the method that Node calls by `name`.

    Args:
        retry: whether it may run again when its worker is lost: it changes nothing outside.

    Raises:
        ValueError: the name is taken.
    """

    def register(function: _Method) -> _Method:
        if name in METHODS:
            raise ValueError(f"there are two methods called {name}")
        METHODS[name] = function
        if retry:
            RETRY_SAFE.add(name)
        return function

    return register
