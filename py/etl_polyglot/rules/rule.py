"""`@rule`: makes a function of the operator's a business rule of a record schema."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from etl_polyglot.extensions.declarations import declare

if TYPE_CHECKING:
    from etl_polyglot.schema.columnar.judged import Mask
    from etl_polyglot.schema.rule import AcceptedRows

Per = Literal["frame", "record"]


@dataclass(frozen=True)
class BusinessRule:
    """A rule of one record schema; calling it calls the function.

    Attributes:
        schema: the record schema's name.
        name: the function's name, by which errors call the rule.
        per: what the function takes, and so what it returns.
        field: the member that its errors point at; None for the whole record.
        message: what its errors say; None for the catalogue's words.
        file: where the function stands.
        line: its line there.
    """

    schema: str
    name: str
    per: Per
    field: str | None
    message: str | None
    file: str
    line: int
    function: Callable[[Any], Any] = dataclasses.field(repr=False)

    @property
    def place(self) -> str:
        """Where the function stands, as `file:line`."""
        return f"{self.file}:{self.line}"

    def __call__(self, rows: Any) -> Any:
        """Call the function itself, as its tests do."""
        return self.function(rows)

    def judge(self, rows: AcceptedRows) -> Mask:
        """Return a flag per row: whether it keeps the rule.

        Raises RuleFailedError when the function raises, or returns no verdict.
        """
        from etl_polyglot.rules.verdict import verdict_of

        return verdict_of(self, rows)


def rule(
    schema: str, *, per: Per = "frame", field: str | None = None, message: str | None = None
) -> Callable[[Callable[[Any], Any]], BusinessRule]:
    """Make a function a business rule of the record schema `schema`.

    The rule judges records that the schema accepts, each by itself: a frame is a part of the
    data, and where it begins and ends means nothing. Several threads may call it at once.

    Parameters:
        schema: the record schema's name.
        per: `frame`: the function takes a pandas frame, Arrow-backed, with the schema's columns
            (instants are timestamps), and returns a boolean mask, one flag a row; NA counts as
            kept, as in SQL's CHECK. `record`: it takes one record, a dict of JSON values, and
            returns True or False.
        field: the member that the errors point at, with its value; None for the record itself.
        message: what the errors say; by default the first line of the function's docstring.

    Returns:
        The decorator; what it returns can be called as the function can.

    Raises:
        TypeError: used without a schema's name, or on something else than a function.
        ValueError: `per` is neither `frame` nor `record`.

    Example:
        >>> @rule("user", field="age")
        ... def adults_only(frame):
        ...     "must be of age"
        ...     return frame["age"] >= 18
    """
    if not isinstance(schema, str):
        raise TypeError('@rule takes the name of a record schema, as in @rule("user")')
    if per not in get_args(Per):
        raise ValueError(f"@rule per={per!r}: must be 'frame' or 'record'")

    def decorate(function: Callable[[Any], Any]) -> BusinessRule:
        if not inspect.isfunction(function) or inspect.iscoroutinefunction(function):
            raise TypeError(f"@rule({schema!r}) makes a plain function a rule, not {function!r}")
        code = function.__code__
        first_line = (inspect.getdoc(function) or "").partition("\n")[0].strip()
        declared = BusinessRule(
            schema,
            function.__name__,
            per,
            field,
            message or first_line or None,
            code.co_filename,
            code.co_firstlineno,
            function,
        )
        declare(declared)
        return declared

    return decorate
