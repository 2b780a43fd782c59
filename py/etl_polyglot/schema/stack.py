"""Room for the compiler to follow a schema as deep as the profile lets it lead."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

FRAMES = 5_000
"""About twice what the longest way through a schema takes, beneath a deep caller."""


def with_room(call: Callable[P, T]) -> Callable[P, T]:
    """Let a function call as deep as it needs to; its caller's limit stands again afterwards."""

    @wraps(call)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(max(limit, FRAMES))
        try:
            return call(*args, **kwargs)
        finally:
            sys.setrecursionlimit(limit)

    return run
