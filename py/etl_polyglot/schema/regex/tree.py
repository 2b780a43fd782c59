"""What a regular expression is made of, once it is read."""

from __future__ import annotations

from dataclasses import dataclass

from etl_polyglot.schema.regex.charset import Ranges


class PatternError(ValueError):
    """A pattern is not of the subset; the message says why, `instead` what to write."""

    def __init__(self, reason: str, instead: str) -> None:
        super().__init__(reason)
        self.instead = instead


@dataclass(frozen=True, slots=True)
class Chars:
    """One character of a set."""

    ranges: Ranges
    text: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """`^` or `$`."""

    text: str


@dataclass(frozen=True, slots=True)
class Sequence:
    """Terms one behind the other."""

    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several branches."""

    branches: tuple[Sequence, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A term several times; without `most` as often as may be."""

    term: Term
    least: int
    most: int | None
    text: str


Term = Chars | Anchor | Choice | Repeat
