"""`@function`: makes a Python function one that Node calls by name."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, ParamSpec, TypeVar, overload

from etl_polyglot.extensions.declarations import declare

P = ParamSpec("P")
R = TypeVar("R")

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,127}")


@dataclass(frozen=True)
class Function(Generic[P, R]):
    """A function that Node calls by name; calling it calls the function itself.

    Attributes:
        name: what Node calls it by.
        retry: whether it may run again when its worker is lost in the middle of it.
        file: where the function stands.
        line: its line there.
    """

    name: str
    retry: bool
    file: str
    line: int
    function: Callable[P, R] = dataclasses.field(repr=False)

    @property
    def place(self) -> str:
        """Where the function stands, as `file:line`."""
        return f"{self.file}:{self.line}"

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the function itself, as its tests do."""
        return self.function(*args, **kwargs)


@overload
def function(declared: Callable[P, R], /) -> Function[P, R]: ...


@overload
def function(
    name: str | None = None, /, *, retry: bool = False
) -> Callable[[Callable[P, R]], Function[P, R]]: ...


def function(name: Any = None, /, *, retry: bool = False) -> Any:
    """Make a function one that Node calls by name; with and without parentheses.

    Its parameters say by their annotations what they take: `pa.Table`, `pa.RecordBatch` and
    `pd.DataFrame` by reference; `Iterator` of one of them as a stream; `FunctionContext` is given
    by the worker; anything else is a JSON value that Pydantic checks strictly. It returns a table,
    a batch, a frame, JSON values, or a dict with tables among its members; what a generator yields
    goes to the caller piece by piece. Several threads may call it at once.

    Parameters:
        name: what Node calls it by; the function's own name when it is left out.
        retry: whether it may run again when its worker is lost in the middle of it. Say so only
            of a function that changes nothing outside.

    Returns:
        The function, or the decorator; what it returns can be called as the function can.

    Raises:
        TypeError: used on something else than a plain function or generator function.
        ValueError: the name has other characters than letters, digits, `_`, `.` and `-`.

    Example:
        >>> @function
        ... def add_margin(data: pd.DataFrame, rate: float = 0.2) -> pd.DataFrame:
        ...     return data.assign(margin=data["price"] * rate)
    """
    if name is not None and not isinstance(name, str):
        return _declared(name, None, retry)
    return lambda declared: _declared(declared, name, retry)


def _declared(declared: Any, name: str | None, retry: bool) -> Function[Any, Any]:
    if inspect.iscoroutinefunction(declared) or inspect.isasyncgenfunction(declared):
        raise TypeError("@function takes a plain function, not an asynchronous one; write def")
    if not inspect.isfunction(declared):
        raise TypeError(f"@function takes a plain function, not {declared!r}")
    name = declared.__name__ if name is None else name
    if not _NAME.fullmatch(name):
        raise ValueError(
            f"@function({name!r}): a name is a letter and up to 127 more, digits, _, . or -"
        )
    code = declared.__code__
    made = Function(name, retry, code.co_filename, code.co_firstlineno, declared)
    declare(made)
    return made
