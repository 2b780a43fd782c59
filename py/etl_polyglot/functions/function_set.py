"""The functions of a process, by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from etl_polyglot.extensions.problem import ExtensionProblem, ExtensionsError
from etl_polyglot.functions.built_in import BUILT_IN
from etl_polyglot.functions.errors import FunctionNotFoundError, UnusableAnswerError
from etl_polyglot.functions.function import Function
from etl_polyglot.functions.parameters import Given
from etl_polyglot.functions.signature import Signature, signature_of
from etl_polyglot.functions.tables import TABLE_TYPES


@dataclass(frozen=True)
class CheckedFunction:
    """A function that can be called by name, and what it takes."""

    declared: Function[..., Any]
    signature: Signature

    def call(self, given: Given) -> Any:
        """Bind the arguments and call it.

        Raises:
            InvalidArgumentError: an argument is not what its parameter takes.
            UnusableAnswerError: it is annotated to return a table, and has not, as happens when
                the `return` is forgotten.
        """
        result = self.declared(**self.signature.bind(given))
        if self.signature.returns_table and not isinstance(result, tuple(TABLE_TYPES)):
            returned = "None" if result is None else f"a value of the type {type(result).__name__}"
            raise UnusableAnswerError(
                f"it returned {returned}, where its annotation says that it returns a table"
            )
        return result


class FunctionSet:
    """The functions that are built in, and those of the operator.

    Parameters:
        declared: the operator's.
        folder: where these come from, for those who look for one.

    Attributes:
        folder: as given.
        problems: what keeps them from being used: two of one name, one with a name of a
            built-in, and parameters that no call can fill.
    """

    def __init__(
        self, declared: Iterable[Function[..., Any]] = (), folder: Path | None = None
    ) -> None:
        self.folder = folder
        self.problems: list[ExtensionProblem] = []
        self._functions = {one.name: CheckedFunction(one, signature_of(one)) for one in BUILT_IN}
        self._own: dict[str, Function[..., Any]] = {}
        for one in declared:
            self._add(one)

    def _add(self, function: Function[..., Any]) -> None:
        name = function.name
        if name in self._own or name in self._functions:
            first = self._own.get(name)
            taken = "is built in" if first is None else f"stands at {first.place} already"
            reason = f"function {name}: one of that name {taken}"
            instead = 'give it another, as in @function("name")'
            self.problems.append(ExtensionProblem(function.place, reason, instead))
            return
        self._own[name] = function
        try:
            self._functions[name] = CheckedFunction(function, signature_of(function))
        except ExtensionsError as error:
            self.problems += error.problems

    def get(self, name: str) -> CheckedFunction:
        """Return the function of this name; raises FunctionNotFoundError."""
        try:
            return self._functions[name]
        except KeyError:
            raise FunctionNotFoundError(name, self.names()) from None

    def names(self) -> list[str]:
        """List the names in order."""
        return sorted(self._functions)

    def own_names(self) -> list[str]:
        """List the names of the operator's functions in order."""
        return sorted(self._own)

    def retry_safe(self) -> list[str]:
        """List those that may run again when their worker is lost, in order."""
        return [name for name in self.names() if self._functions[name].declared.retry]
