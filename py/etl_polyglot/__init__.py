"""The Python half of etl-polyglot: schema compiler, workers and chunk engine."""

from __future__ import annotations

__all__ = ["__version__"]


def __getattr__(name: str) -> str:
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("etl-polyglot")
        except PackageNotFoundError:  # run from the source tree, not installed
            return "0.0.0"
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
