"""`call_function`: calls a Python function by its name."""

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from etl_polyglot.functions.answer import answer_of
from etl_polyglot.functions.context import FunctionContext
from etl_polyglot.functions.errors import (
    FunctionNotFoundError,
    InvalidArgumentError,
    UnusableAnswerError,
)
from etl_polyglot.functions.function_set import CheckedFunction, FunctionSet
from etl_polyglot.functions.parameters import Given
from etl_polyglot.functions.unchanged import without_unchanged
from etl_polyglot.generated.errors import ERRORS
from etl_polyglot.schema.registry import SchemaNotFoundError
from etl_polyglot.worker.calls import Call, CallError, NodeError, Reply, method, schema_not_found
from etl_polyglot.worker.packing import packed, unpacked
from etl_polyglot.worker.slot import BodyCorruptError
from etl_polyglot.worker.stream import InputStream, StreamCancelledError

_OF_THE_BRIDGE = (CallError, NodeError, StreamCancelledError, BodyCorruptError)
"""What passes through a function that iterates its input, and is not of its making."""


@method("call_function")
def call_function(call: Call) -> Reply | Generator[Reply, None, Reply]:
    """Call the function `name`.

    Params: `name`; `args`, the arguments that are JSON values; `tables`, where in the body each
    argument that is a table lies, as `[offset, length]` of an Arrow IPC stream; with an input
    stream `stream`, the argument that its chunks are, each an Arrow IPC stream; `by_reference`,
    whether columns of these tables that come back unchanged are only named.

    Returns:
        `{value, tables}`, with the tables in the body as above: one that is the whole answer has
        the key "", members of a dict their names; and where columns are only named `columns`: of
        each such table `[at, argument, column]` for each of them, for which an empty struct stands
        in the body. What an iterator gives is sent piece by piece, each in this form, as is what a
        generator returns in the end.

    Raises:
        CallError: there is no such function, its arguments do not fit, or it fails.
    """
    function = _find(call.functions, call.params["name"])
    with _told(function):
        given = _given(call)
        result = function.call(given)
        if isinstance(result, Iterator):
            return _pieces(function, result)
        return _reply(result, given.tables if call.params.get("by_reference") else {})


def _find(functions: FunctionSet, name: str) -> CheckedFunction:
    try:
        return functions.get(name)
    except FunctionNotFoundError as error:
        meant = f" (did you mean {error.suggestion}?)" if error.suggestion else ""
        folder = "which is not set" if functions.folder is None else str(functions.folder)
        details = {
            "name": name,
            "suggestion": meant,
            "known": ", ".join(error.known),
            "origin": f"Those that are not built in come from ETL_PYTHON_DIR, {folder}.",
        }
        raise _error("FUNCTION_NOT_FOUND", details) from error


def _given(call: Call) -> Given:
    context = FunctionContext(
        call.registry, call.emit, call.cancelled, call.deadline, call.traceparent
    )
    try:
        tables = unpacked(call.body, call.params.get("tables", {}))
    except ValueError as error:
        raise _error("INVALID_REQUEST", {"reason": str(error)}) from error
    streams = {}
    if isinstance(call.chunks, InputStream):
        streams[call.params["stream"]] = _bodies(call.chunks)
    return Given(context, call.params.get("args", {}), tables, streams)


def _bodies(chunks: InputStream) -> Iterator[pa.Buffer]:
    for chunk in chunks:
        body = chunk.body
        # Whoever waits for the next chunk must not keep the memory of this one from Node.
        del chunk
        yield pa.py_buffer(b"") if body is None else body
        del body


def _pieces(function: CheckedFunction, results: Iterator[Any]) -> Generator[Reply, None, Reply]:
    try:
        while True:
            with _told(function):
                try:
                    reply = _reply(next(results))
                except StopIteration as end:
                    return _reply(end.value)
            yield reply
            del reply
    finally:
        close = getattr(results, "close", None)
        if close is not None:
            close()


def _reply(result: object, given: Mapping[str, pa.Buffer] = MappingProxyType({})) -> Reply:
    """Make the reply of an answer, which need not repeat the tables that were `given`."""
    answer = answer_of(result)
    tables, columns = without_unchanged(answer.tables, given)
    ranges, body = packed(tables)
    value = {"value": answer.value, "tables": ranges}
    return Reply(value | {"columns": columns} if columns else value, body)


@contextmanager
def _told(function: CheckedFunction) -> Iterator[None]:
    """Tell the caller what went wrong by the codes of the table of errors."""
    declared = function.declared
    try:
        yield
    except _OF_THE_BRIDGE:
        raise
    except InvalidArgumentError as error:
        details = {
            "function": declared.name,
            "parameter": error.parameter,
            "reason": str(error),
            "signature": function.signature.text,
        }
        raise _error("INVALID_ARGUMENTS", details) from error
    except SchemaNotFoundError as error:
        raise schema_not_found(error) from error
    except (Exception, SystemExit) as error:
        raised = f"it raised {type(error).__name__}: {error}"
        reason = str(error) if isinstance(error, UnusableAnswerError) else raised
        place = {"file": declared.file, "line": declared.line}
        details = {"function": declared.name, "reason": reason}
        raise _error("FUNCTION_FAILED", details | place, error) from error


def _error(code: str, details: Mapping[str, Any], origin: BaseException | None = None) -> CallError:
    return CallError(code, ERRORS[code]["detail"].format_map(details), details, origin)
