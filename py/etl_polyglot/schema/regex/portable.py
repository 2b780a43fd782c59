"""Regular expressions that mean the same in JavaScript (`u`), Rust's regex and RE2.

A pattern is read once as ECMA-262 with the flag `u`. Its portable form says the same to the
three engines: sets written out, groups that capture nothing, greedy quantifiers only.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from etl_polyglot.schema.regex.reader import Reader
from etl_polyglot.schema.regex.tree import Choice, PatternError, Repeat, Term

__all__ = ["Pattern", "PatternError", "portable", "read"]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern that was read.

    `portable` is its form for Rust's regex and RE2, with ECMA-262's meaning; `is_unicode` where
    it names a Unicode property, which engines know by different versions.
    """

    tree: Choice
    portable: str
    is_unicode: bool


@cache
def read(pattern: str) -> Pattern:
    """Read an ECMA-262 `u` pattern.

    Raises PatternError where the pattern is none, or needs what the subset leaves out:
    lookaround, backreferences, `\\b`, flags, counts over 1000.
    """
    if any(0xD800 <= ord(char) < 0xE000 for char in pattern):
        raise PatternError("it contains a lone surrogate", "write \\u{…}")
    reader = Reader(pattern)
    tree = reader.alternatives(1)
    if reader.at < len(pattern):
        raise PatternError("a ) closes nothing", "write \\)")
    return Pattern(tree, _written(tree), reader.is_unicode)


def portable(pattern: str) -> str:
    """Return the pattern as Rust's regex and RE2 read it with ECMA-262's meaning."""
    return read(pattern).portable


def _written(tree: Choice) -> str:
    return "|".join("".join(map(_term, branch.terms)) for branch in tree.branches)


def _term(term: Term) -> str:
    match term:
        case Choice():
            return f"(?:{_written(term)})"
        case Repeat():
            return _term(term.term) + term.text
    return term.text
