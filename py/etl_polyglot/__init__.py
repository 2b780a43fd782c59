"""The Python half of etl-polyglot: schema compiler, workers, chunk engine and frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from etl_polyglot.frames.schemas import compile_schema
    from etl_polyglot.frames.validator import DataFrameValidator
    from etl_polyglot.functions.context import FunctionContext
    from etl_polyglot.functions.function import function
    from etl_polyglot.rules.rule import rule

__all__ = [
    "DataFrameValidator",
    "FunctionContext",
    "__version__",
    "compile_schema",
    "function",
    "rule",
]

_MODULES = {
    "DataFrameValidator": "etl_polyglot.frames.validator",
    "FunctionContext": "etl_polyglot.functions.context",
    "compile_schema": "etl_polyglot.frames.schemas",
    "function": "etl_polyglot.functions.function",
    "rule": "etl_polyglot.rules.rule",
}
"""What is imported at its first use: workers and the compiler do without."""


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("etl-polyglot")
        except PackageNotFoundError:  # run from the source tree, not installed
            return "0.0.0"
    if name in _MODULES:
        from importlib import import_module

        return getattr(import_module(_MODULES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
