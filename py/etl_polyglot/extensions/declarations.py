"""Collects what decorators declare while the operator's files are imported."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_declared: ContextVar[list[object] | None] = ContextVar("declared", default=None)


def declare(extension: object) -> None:
    """Hand in what a decorator made; nobody takes it outside `declarations`."""
    collected = _declared.get()
    if collected is not None:
        collected.append(extension)


@contextmanager
def declarations() -> Iterator[list[object]]:
    """Collect what is declared meanwhile, in its order."""
    declared: list[object] = []
    token = _declared.set(declared)
    try:
        yield declared
    finally:
        _declared.reset(token)
