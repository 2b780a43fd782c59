"""What keeps an operator's Python from being used, said so that it can be mended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExtensionProblem:
    """One thing that is wrong.

    Attributes:
        place: the folder, or the file and line.
        reason: what is wrong.
        instead: what to do.
    """

    place: str
    reason: str
    instead: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}; {self.instead}"


class ExtensionsError(ValueError):
    """Rules or functions cannot be used; `problems` has every reason."""

    def __init__(self, problems: Sequence[ExtensionProblem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)
