"""Brackets and commas of JSON text, found without parsing it, a block at a time."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from etl_polyglot.engine.records import Positions

BLOCK_BYTES = 1024 * 1024
"""What is looked at in one go; the positions in it take ten times as much memory."""

COMMA, CLOSING_BRACKET = ord(","), ord("]")
_QUOTE, _BACKSLASH = ord('"'), ord("\\")
_STEPS = np.zeros(256, np.int8)
_STEPS[[ord("["), ord("{")]] = 1
_STEPS[[ord("]"), ord("}")]] = -1
_STRUCTURAL = _STEPS != 0
_STRUCTURAL[COMMA] = True


class Marks(NamedTuple):
    """The brackets and commas of a block that stand outside strings.

    Attributes:
        places: where they stand in the block.
        kinds: the bytes that stand there.
        depths: how many arrays and objects are open behind each, those open at the beginning of
            the text not counted.
    """

    places: Positions
    kinds: npt.NDArray[np.uint8]
    depths: Positions

    def openings(self) -> int:
        """How many arrays and objects begin in the block."""
        return int(np.count_nonzero(_STEPS[self.kinds] > 0))


class JsonMarks:
    """Walks over JSON text; what it finds does not depend on how the text is cut into blocks.

    The text begins outside a string. It need not be JSON: whatever stands between two quotes
    that no backslash escapes is taken for a string.
    """

    def __init__(self) -> None:
        self._depth = 0
        self._before = b""

    def feed(self, block: bytes) -> Marks:
        """Find the marks of the next block."""
        # An open string and an escape that goes on are told again by the bytes that began them.
        text = self._before + block
        values = np.frombuffer(text, np.uint8)
        quotes = np.flatnonzero(values == _QUOTE)
        if b"\\" in text:
            quotes = quotes[~_escaped(values, quotes)]
        places = np.flatnonzero(_STRUCTURAL[values])
        places = places[np.searchsorted(quotes, places) % 2 == 0]
        kinds = values[places]
        depths = self._depth + np.cumsum(_STEPS[kinds], dtype=np.int64)
        marks = Marks(places - len(self._before), kinds, depths)
        if len(depths):
            self._depth = int(depths[-1])
        slashes = len(text) - len(text.rstrip(b"\\"))
        self._before = b'"' * (len(quotes) % 2) + b"\\" * (slashes % 2)
        return marks


def _escaped(values: npt.NDArray[np.uint8], quotes: Positions) -> npt.NDArray[np.bool_]:
    """Which quotes follow an odd number of backslashes."""
    slashes = np.flatnonzero(values == _BACKSLASH)
    run_starts = np.flatnonzero(np.diff(slashes, prepend=-2) != 1)
    run_ends = np.append(run_starts[1:], len(slashes)) - 1
    lengths = run_ends - run_starts + 1
    odd = slashes[run_ends[lengths % 2 == 1]] + 1
    return np.isin(quotes, odd, assume_unique=True)
