"""Reads a pattern as ECMA-262 with the flag `u`; what no portable form says is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from etl_polyglot.schema.regex.chars import CharReader, literal
from etl_polyglot.schema.regex.charset import LINE_ENDS, bracketed, complement
from etl_polyglot.schema.regex.tree import (
    Anchor,
    Chars,
    Choice,
    PatternError,
    Repeat,
    Sequence,
    Term,
)

MAX_REPEAT = 1000
"""RE2 refuses more repetitions, also as the product of nested ones."""

MAX_SIZE = 10_000
"""Characters and sets, counts written out; all engines build such an automaton."""

RANGES_A_SIZE = 14
"""Ranges of a set that take as much of an automaton as a character; \\p{L} has 648."""

MAX_DEPTH = 50

_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


@dataclass(slots=True)
class Reader(CharReader):
    """Walks a pattern once."""

    depth: int = 0
    size: int = 0
    names: dict[str, int] = field(default_factory=dict)

    def alternatives(self, repeats: int) -> Choice:
        branches = [self.sequence(repeats)]
        while self.accept("|"):
            branches.append(self.sequence(repeats))
        return Choice(tuple(branches))

    def sequence(self, repeats: int) -> Sequence:
        terms = []
        while self.peek() not in ("", "|", ")"):
            terms.append(self.term(repeats))
        return Sequence(tuple(terms))

    def term(self, repeats: int) -> Term:
        if self.peek() in ("^", "$"):
            anchor = self.take()
            if self.peek() in ("*", "+", "?", "{"):
                raise PatternError(f"{anchor} cannot be repeated", "drop the quantifier")
            return Anchor(anchor)
        start = self.at
        size = self.size
        atom = self.atom(repeats)
        quantifier, least, most = self.quantifier()
        counted = max(least if most is None else most, 1)
        if counted * repeats > MAX_REPEAT:
            raise PatternError(
                f"it repeats more than {MAX_REPEAT} times", "use maxLength, or a smaller count"
            )
        if counted > 1:  # read again, so that nested counts are seen multiplied
            end, self.at = self.at, start
            self.size = size
            self.atom(counted * repeats)
            self.at = end
        return Repeat(atom, least, most, quantifier) if quantifier else atom

    def atom(self, repeats: int) -> Term:
        atom = self.one(repeats)
        ranges = len(atom.ranges) if isinstance(atom, Chars) else 1
        self.size += repeats * (1 + ranges // RANGES_A_SIZE)
        if self.size > MAX_SIZE:
            raise PatternError("it is too large with its counts written out", "use maxLength")
        return atom

    def one(self, repeats: int) -> Term:
        char = self.take()
        if char == "(":
            return self.group(repeats)
        if char == "[":
            return self.char_class()
        if char == ".":
            return Chars(complement(LINE_ENDS), bracketed(LINE_ENDS, negated=True))
        if char == "\\":
            ranges = self.set_escape()
            if ranges is not None:
                return Chars(ranges, bracketed(ranges))
            return literal(self.escape())
        if char in "*+?{":
            raise PatternError(f"{char} has nothing to repeat", f"write \\{char} for the character")
        if char in "]}":
            raise PatternError(f"{char} stands alone", f"write \\{char}")
        return literal(ord(char))

    def group(self, repeats: int) -> Choice:
        if self.accept("?:"):
            pass
        elif self.accept("?="):
            raise PatternError("lookahead is not of the profile", "write what may follow instead")
        elif self.accept("?!"):
            raise PatternError("lookahead is not of the profile", "write what is allowed instead")
        elif self.text.startswith(("?<=", "?<!"), self.at):
            raise PatternError("lookbehind is not of the profile", "write the whole text instead")
        elif self.accept("?<"):
            self.group_name()
        elif self.peek() == "?":
            raise PatternError("inline flags are not of the profile", "write both cases, [Aa]")
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise PatternError(f"its groups are nested over {MAX_DEPTH} deep", "flatten them")
        inner = self.alternatives(repeats)
        self.depth -= 1
        if not self.accept(")"):
            raise PatternError("a ( is not closed", "close it, or write \\(")
        return inner

    def group_name(self) -> None:
        end = self.text.find(">", self.at)
        name = self.text[self.at : end] if end >= 0 else ""
        if not _NAME.fullmatch(name):
            raise PatternError("a group's name is no plain identifier", "write (?:…) for a group")
        if self.names.setdefault(name, self.at) != self.at:  # a group may be read again
            raise PatternError(f"two groups are called {name}", "write (?:…) for a group")
        self.at = end + 1

    def quantifier(self) -> tuple[str, int, int | None]:
        """Read a quantifier: its text, and how often; "" where there is none."""
        char = self.peek()
        least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(char, (1, 1))
        if char in ("*", "+", "?"):
            quantifier = self.take()
        elif char == "{":
            end = self.text.find("}", self.at)
            counts = self.text[self.at + 1 : end].split(",") if end > 0 else [""]
            if len(counts) > 2 or not all(c.isascii() and c.isdigit() for c in counts if c):
                counts = [""]
            if not counts[0]:
                raise PatternError("{ does not begin a count", "write \\{, or {n}, {n,}, {n,m}")
            least = _count(counts[0])
            most = _count(counts[-1]) if counts[-1] else None
            if most is not None and most < least:
                raise PatternError("a count's bounds are out of order", "write {least,most}")
            quantifier = self.text[self.at : end + 1]
            self.at = end + 1
        else:
            return "", 1, 1
        self.accept("?")  # lazy or greedy finds the same
        if self.peek() in ("*", "+", "?", "{"):
            raise PatternError("a quantifier is repeated", "put the inner one in (?:…)")
        return quantifier, least, most


def _count(digits: str) -> int:
    """Read a count; what is far too large need not be exact."""
    return int(digits.lstrip("0")[:9] or "0")
