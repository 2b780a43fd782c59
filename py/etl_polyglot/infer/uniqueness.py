"""Whether no value of a column comes twice, in bounded memory."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.types as pat

from etl_polyglot.schema.arrow import Array

MOST_REMEMBERED = 32 * 1024 * 1024
"""Values that are remembered of all columns together, 8 bytes each."""


@dataclass(slots=True)
class Memory:
    """How many more values may be remembered."""

    left: int = MOST_REMEMBERED


class Uniqueness:
    """Whether no value of a column came twice.

    Integers are remembered as they are, texts by a hash of 64 bits: two that share it by chance
    hide that a column is unique, and never the other way round.

    Parameters:
        memory: shared with other columns; when it is used up, the column counts as not unique.
    """

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._parts: list[Any] = []
        self._kind: str | None = None
        self._waiting = 0
        self._checked = 0
        self._is_open = True

    def observe(self, values: Array) -> None:
        """Take in integers or strings without nulls; other values make no key."""
        if not self._is_open or not len(values):
            return None
        kind = "text" if pat.is_string(values.type) else "integer"
        if not pat.is_string(values.type) and not pat.is_integer(values.type):
            return self.give_up()
        if self._kind not in (None, kind) or len(values) > self._memory.left:
            return self.give_up()
        self._kind = kind
        part = np.sort(_remembered(values))
        if _has_twin(part):
            return self.give_up()
        self._parts.append(part)
        self._waiting += len(part)
        self._memory.left -= len(part)
        # Each time that they have doubled, so that each is sorted some twenty times at most.
        if self._waiting > self._checked:
            self._check()
        return None

    def holds(self) -> bool:
        """Whether no value came twice."""
        if self._is_open:
            self._check()
        return self._is_open

    def give_up(self) -> None:
        """Take the column for none that could be a key."""
        self._is_open = False
        self._memory.left += self._checked + self._waiting
        self._parts, self._checked, self._waiting = [], 0, 0

    def _check(self) -> None:
        if len(self._parts) < 2:
            self._checked, self._waiting = self._checked + self._waiting, 0
            return
        whole = np.concatenate(self._parts)
        self._checked, self._waiting, self._parts = len(whole), 0, [whole]
        whole.sort()
        if _has_twin(whole):
            self.give_up()


def _remembered(values: Array) -> Any:
    if pat.is_string(values.type):
        return pd.util.hash_array(values.to_numpy(zero_copy_only=False), categorize=False)
    wide = pa.uint64() if pat.is_uint64(values.type) else pa.int64()
    return values.cast(wide).to_numpy().view(np.uint64)


def _has_twin(ordered: Any) -> bool:
    return bool(np.any(ordered[1:] == ordered[:-1]))
