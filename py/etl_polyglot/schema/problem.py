"""What is wrong with a schema, said so that its author can mend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Problem:
    """One place of a schema that does not compile.

    `pointer` is the JSON Pointer of the keyword at fault ("" for the document), `reason` says
    what is wrong and `instead` what to write.
    """

    pointer: str
    reason: str
    instead: str
    source: Path | None = None

    def __str__(self) -> str:
        name = "" if self.source is None else str(self.source)
        place = f"{name}#{self.pointer}" if self.pointer else name
        return f"{place}: {self.reason}; {self.instead}"


class SchemaError(Exception):
    """A schema, or several, does not compile; `problems` has every reason."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


def pointer_token(name: str | int) -> str:
    """Return a member's name or an item's position as a token of a JSON Pointer (RFC 6901)."""
    return str(name).replace("~", "~0").replace("/", "~1")
