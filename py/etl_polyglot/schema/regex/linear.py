"""Whether a backtracking engine matches a pattern in linear time.

JavaScript's engine backtracks; on a pattern with two ways to read the same text it can take
quadratic or exponential time, and the event loop waits. Glushkov's automaton has a state for
each set of the pattern: where no state has two followers that take the same character, there is
one way only. A loop over more than one character is refused too: the engine keeps a place to come
back to for each turn, and its stack ends after some millions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from etl_polyglot.schema.regex.charset import Ranges
from etl_polyglot.schema.regex.portable import Pattern
from etl_polyglot.schema.regex.tree import (
    Anchor,
    Chars,
    Choice,
    PatternError,
    Repeat,
    Sequence,
    Term,
)

MAX_STATES = 2_000
"""Larger automata are not looked into."""

MAX_SEARCH = 100
"""States of a pattern that is tried at each place of a text, and repeats nothing without end."""


MAX_WAYS = 128
"""States of an automaton of our own of which many may be reached at once."""

MAX_OWN = 500
"""States of an automaton of our own of which one is reached at a time."""


class _TooLargeError(Exception):
    pass


@dataclass(slots=True)
class _Part:
    first: set[int]
    last: set[int]
    empty: bool


@dataclass(slots=True)
class _Automaton:
    sets: list[Ranges] = field(default_factory=list)
    follow: list[set[int]] = field(default_factory=list)
    endless: bool = False
    ambiguous: bool = False
    keeps_turns: bool = False
    is_one_way: bool = False

    def choice(self, tree: Choice) -> _Part:
        parts = [self.sequence(branch) for branch in tree.branches]
        return _Part(
            set().union(*(part.first for part in parts)),
            set().union(*(part.last for part in parts)),
            any(part.empty for part in parts),
        )

    def sequence(self, branch: Sequence) -> _Part:
        result = _Part(set(), set(), True)
        for term in branch.terms:
            result = self.joined(result, self.term(term))
        return result

    def joined(self, left: _Part, right: _Part) -> _Part:
        for state in left.last:
            # Twice the same step: (a*)* goes from a to a within the inner loop and by the outer.
            self.ambiguous |= not self.follow[state].isdisjoint(right.first)
            self.follow[state] |= right.first
        return _Part(
            left.first | right.first if left.empty else left.first,
            left.last | right.last if right.empty else right.last,
            left.empty and right.empty,
        )

    def term(self, term: Term) -> _Part:
        match term:
            case Chars(ranges):
                if len(self.sets) >= MAX_STATES:
                    raise _TooLargeError
                self.sets.append(ranges)
                self.follow.append(set())
                state = {len(self.sets) - 1}
                return _Part(state, set(state), False)
            case Anchor():
                return _Part(set(), set(), True)
            case Choice():
                return self.choice(term)
            case Repeat():
                return self.repeat(term)

    def repeat(self, repeat: Repeat) -> _Part:
        result = _Part(set(), set(), True)
        for _ in range(repeat.least):
            result = self.joined(result, self.term(repeat.term))
        if repeat.most is None:
            self.endless = True
            self.keeps_turns |= not isinstance(repeat.term, Chars)
            part = self.term(repeat.term)
            self.joined(part, part)
            return self.joined(result, _Part(part.first, part.last, True))
        # a{0,2} is (a(a)?)?: what follows a copy may also follow where it is left out.
        optional = _Part(set(), set(), True)
        for _ in range(repeat.most - repeat.least):
            joined = self.joined(self.term(repeat.term), optional)
            optional = _Part(joined.first, joined.last, True)
        return self.joined(result, optional)


@cache
def _automaton(pattern: Pattern) -> _Automaton:
    automaton = _Automaton()
    try:
        whole = automaton.choice(pattern.tree)
    except _TooLargeError:
        return automaton
    followers = [whole.first, *automaton.follow]
    automaton.is_one_way = all(
        _are_disjoint([automaton.sets[at] for at in states]) for states in followers
    )
    return automaton


def _is_anchored(pattern: Pattern) -> bool:
    return all(branch.terms and branch.terms[0] == Anchor("^") for branch in pattern.tree.branches)


def is_linear(pattern: Pattern) -> bool:
    """Whether matching takes linear time in a backtracking engine, whatever the text."""
    automaton = _automaton(pattern)
    if not _is_anchored(pattern) and (automaton.endless or len(automaton.sets) > MAX_SEARCH):
        return False
    return automaton.is_one_way and not automaton.ambiguous and not automaton.keeps_turns


def check_size(pattern: Pattern) -> None:
    """Refuse a pattern that neither a backtracking engine nor an automaton matches fast.

    The automaton of `LinearExpression` takes longer for each character the more states it has,
    and much longer where many of them may be reached at once. Raises PatternError.
    """
    if is_linear(pattern) and not pattern.is_unicode:
        return
    automaton = _automaton(pattern)
    if not (automaton.is_one_way and _is_anchored(pattern)) and len(automaton.sets) > MAX_WAYS:
        raise PatternError(
            f"it looks for more than {MAX_WAYS} characters, at each place or in several ways",
            "begin it with ^, let no text be read in two ways, or use maxLength",
        )
    if len(automaton.sets) > MAX_OWN:
        raise PatternError(f"it looks for more than {MAX_OWN} characters", "use maxLength")


def _are_disjoint(sets: list[Ranges]) -> bool:
    ranges = sorted(pair for ranges in sets for pair in _merged(ranges))
    return all(low[1] < high[0] for low, high in pairwise(ranges))


def _merged(ranges: Ranges) -> Ranges:
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return tuple(merged)
