"""Why a call by name cannot be answered."""

from __future__ import annotations

from collections.abc import Sequence

from etl_polyglot.schema.profile import suggestion


class FunctionNotFoundError(LookupError):
    """No function has this name; `suggestion` is one that was probably meant."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(name)
        self.name = name
        self.known = tuple(known)
        self.suggestion = suggestion(name, list(known))

    def __str__(self) -> str:
        meant = f"; did you mean {self.suggestion}?" if self.suggestion else ""
        return f"there is no function {self.name}{meant}"


class InvalidArgumentError(ValueError):
    """An argument is not what its parameter takes; a function may raise it itself.

    Parameters:
        parameter: the name of the parameter, or of an argument that none has.
        reason: what was expected, and what came.
    """

    def __init__(self, parameter: str, reason: str) -> None:
        super().__init__(f"{parameter}: {reason}")
        self.parameter = parameter
        self.reason = reason


class UnusableAnswerError(TypeError):
    """A function returned what cannot be sent; the message says what it must return."""
