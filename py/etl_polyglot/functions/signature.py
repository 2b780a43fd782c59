"""Reads the signature of a function off its annotations, and binds the arguments of a call."""

from __future__ import annotations

import inspect
import types
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Union, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter
from pydantic.errors import PydanticSchemaGenerationError

from etl_polyglot.extensions.problem import ExtensionProblem, ExtensionsError
from etl_polyglot.functions.context import FunctionContext
from etl_polyglot.functions.errors import InvalidArgumentError
from etl_polyglot.functions.function import Function
from etl_polyglot.functions.parameters import (
    ContextParameter,
    Given,
    Parameter,
    StreamParameter,
    TableParameter,
    ValueParameter,
)
from etl_polyglot.functions.tables import TABLE_TYPES
from etl_polyglot.schema.profile import did_you_mean

_STREAMS = (Iterator, Iterable, Generator)
_TYPES = "pa.Table, pa.RecordBatch, pd.DataFrame, an Iterator of one of them, or a type of Pydantic"


@dataclass(frozen=True)
class Signature:
    """What a function takes, and whether it gives a table.

    Attributes:
        text: as Python writes it, for errors.
        parameters: all of them, in their order.
        required: the names of those without a default.
        returns_table: whether its annotation says that it returns a table, a batch or a frame.
    """

    text: str
    parameters: tuple[Parameter, ...]
    required: frozenset[str]
    returns_table: bool

    def bind(self, given: Given) -> dict[str, Any]:
        """Return the arguments by name; those left out have defaults.

        Raises:
            InvalidArgumentError: one is unknown, missing, or not what its parameter takes.
        """
        known = [one.name for one in self.parameters if not isinstance(one, ContextParameter)]
        names = given.names()
        for name in sorted(names):
            if name not in known:
                hint = did_you_mean(name, known, f"it takes {', '.join(known) or 'none'}")
                raise InvalidArgumentError(name, f"there is no such argument; {hint}")
        arguments: dict[str, Any] = {}
        for one in self.parameters:
            if isinstance(one, ContextParameter) or one.name in names:
                arguments[one.name] = one.take(given)
            elif one.name in self.required:
                raise InvalidArgumentError(one.name, "is missing")
        return arguments


def signature_of(function: Function[..., Any]) -> Signature:
    """Read the signature of a function.

    Raises:
        ExtensionsError: with everything that keeps it from being called by name.
    """
    try:
        hints = get_type_hints(function.function, include_extras=True)
    except Exception as error:
        reason = f"its annotations cannot be read ({type(error).__name__}: {error})"
        instead = "import the names that they use, not under TYPE_CHECKING alone"
        raise ExtensionsError([_problem(function, reason, instead)]) from error
    written = inspect.signature(function.function)
    problems: list[ExtensionProblem] = []
    parameters: list[Parameter] = []
    for parameter in written.parameters.values():
        try:
            parameters.append(_parameter(parameter, hints))
        except _UnfitError as error:
            reason = f"parameter {parameter.name} {error.reason}"
            problems.append(_problem(function, reason, error.instead))
    if sum(isinstance(one, StreamParameter) for one in parameters) > 1:
        reason = "it takes two streams, and a call has one"
        problems.append(_problem(function, reason, "take the others as pa.Table"))
    if problems:
        raise ExtensionsError(problems)
    required = {one.name for one in written.parameters.values() if one.default is one.empty}
    text = _text(function.name, written, hints)
    returns_table = _is_table(hints.get("return"))
    return Signature(text, tuple(parameters), frozenset(required), returns_table)


class _UnfitError(Exception):
    def __init__(self, reason: str, instead: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.instead = instead


def _parameter(parameter: inspect.Parameter, hints: Mapping[str, Any]) -> Parameter:
    name = parameter.name
    if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
        raise _UnfitError("cannot be given by name", "give it a name of its own, without * and /")
    if name not in hints:
        raise _UnfitError("has no annotation", f"annotate it: {_TYPES}")
    hint = hints[name]
    if hint is FunctionContext:
        return ContextParameter(name)
    members = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    tables = [TABLE_TYPES[one] for one in members if _is_table(one)]
    if tables and set(members) <= {type(None), *TABLE_TYPES} and len(tables) == 1:
        return TableParameter(name, tables[0], type(None) in members)
    items = get_args(hint)[:1] if get_origin(hint) in _STREAMS else ()
    if items and _is_table(items[0]):
        return StreamParameter(name, TABLE_TYPES[items[0]])
    written = inspect.formatannotation(hint)
    try:
        return ValueParameter(name, TypeAdapter(hint))
    except PydanticSchemaGenerationError as error:
        reason = f"has the type {written}, which no argument can have"
        raise _UnfitError(reason, f"take {_TYPES}") from error
    except Exception as error:
        reason = f"has the type {written}, which Pydantic refuses ({type(error).__name__}: {error})"
        raise _UnfitError(reason, "mend the type") from error


def _is_table(hint: Any) -> bool:
    return isinstance(hint, type) and hint in TABLE_TYPES


def _problem(function: Function[..., Any], reason: str, instead: str) -> ExtensionProblem:
    return ExtensionProblem(function.place, f"function {function.name}: {reason}", instead)


def _text(name: str, written: inspect.Signature, hints: Mapping[str, Any]) -> str:
    """The signature with the annotations that stand in it as text made types."""
    parameters = [
        parameter.replace(annotation=hints[parameter.name])
        for parameter in written.parameters.values()
        if hints[parameter.name] is not FunctionContext
    ]
    returned = hints.get("return", inspect.Signature.empty)
    text = str(written.replace(parameters=parameters, return_annotation=returned))
    return name + text.replace("pyarrow.lib.", "pyarrow.")
