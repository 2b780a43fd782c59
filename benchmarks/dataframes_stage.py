"""What the stages of `dataframes.py` are given and what they give."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

ROUNDS = 5


@dataclass(slots=True)
class Scale:
    """How much is done; by default what a full run does."""

    folder: Path
    rounds: int = ROUNDS
    users: int = 1_000_000
    encoded_users: int = 100_000
    judged_users: tuple[int, ...] = (100_000, 1_000_000)
    doubles: int = 125_000_000
    """Of the table that crosses one way: 1 GB."""
    calls: int = 1000
    load_seconds: float = 1.0

    @classmethod
    def quick(cls, folder: Path) -> Self:
        """Return what a smoke run does."""
        return cls(
            folder,
            rounds=1,
            users=5_000,
            encoded_users=5_000,
            judged_users=(5_000,),
            doubles=1_000_000,
            calls=200,
            load_seconds=0.05,
        )


@dataclass(slots=True)
class Findings:
    """What one stage found."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    goals: list[dict[str, Any]] = field(default_factory=list)


def p99(taken: Sequence[float]) -> float:
    """Return the microseconds that 99 of 100 calls do not exceed, from their seconds."""
    return round(statistics.quantiles(taken, n=100)[98] * 1e6, 1)
