"""Asks the function of a rule, and holds it to an answer that is a verdict."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from etl_polyglot.rules.rule import BusinessRule
from etl_polyglot.schema.arrow import pc
from etl_polyglot.schema.columnar.judged import Mask
from etl_polyglot.schema.errors import shown
from etl_polyglot.schema.rule import AcceptedRows, RuleFailedError


class NoVerdictError(TypeError):
    """A rule returned something else than it must; the message says what it must."""


def verdict_of(rule: BusinessRule, rows: AcceptedRows) -> Mask:
    """Return a flag per row: whether it keeps the rule.

    Raises RuleFailedError when the function raises, or returns no verdict; its cause has what
    was raised, whose text may quote data and is in the error itself by no word.
    """
    ask = _ask_frame if rule.per == "frame" else _ask_records
    try:
        return ask(rule.function, rows)
    except BaseException as error:
        if _is_interrupt(error):
            raise
        details = {
            "rule": rule.name,
            "schema": rule.schema,
            "file": Path(rule.file).name,
            "line": rule.line,
            "reason": _reason(rule, error),
        }
        raise RuleFailedError(details) from error


def _reason(rule: BusinessRule, error: BaseException) -> str:
    if isinstance(error, NoVerdictError):
        reason: str = shown(str(error))
        return reason
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == rule.file]
    at = f" at line {lines[-1]}" if lines else ""
    return f"it raised {type(error).__name__}{at}"


def _is_interrupt(error: BaseException) -> bool:
    """Whether somebody interrupts the process: signals come to its main thread alone."""
    in_main = threading.current_thread() is threading.main_thread()
    return in_main and isinstance(error, KeyboardInterrupt)


def _ask_frame(function: Callable[[pd.DataFrame], Any], rows: AcceptedRows) -> Mask:
    frame = rows.columns.to_pandas(types_mapper=pd.ArrowDtype)
    answer = function(frame)
    if not isinstance(answer, pd.Series | np.ndarray | pd.api.extensions.ExtensionArray):
        raise NoVerdictError(
            f"it returned {_named(answer)}, not a boolean mask such as frame['age'] >= 18"
        )
    if len(answer) != len(rows):
        raise NoVerdictError(
            f"it returned a mask of {len(answer)} rows for a frame of {len(rows)}; "
            "a rule returns a flag for every row"
        )
    # The frame's own index may be another by now: a rule may sort its frame in place.
    if isinstance(answer, pd.Series) and not answer.index.equals(pd.RangeIndex(len(rows))):
        raise NoVerdictError("it returned a mask with an index that is not the frame's")
    return _flags(answer)


def _flags(answer: Any) -> Mask:
    try:
        flags: Any = pa.array(answer, from_pandas=True)
    except pa.ArrowException as error:
        raise NoVerdictError("it returned a mask that is not boolean") from error
    if pa.types.is_null(flags.type):  # NA alone
        return np.ones(len(flags), dtype=np.bool_)
    if not pa.types.is_boolean(flags.type):
        # The names within a nested type may be data.
        kind = "nested values" if pa.types.is_nested(flags.type) else flags.type
        raise NoVerdictError(f"it returned a mask of {kind}; its flags must be boolean")
    mask: Mask = pc.fill_null(flags, True).to_numpy(zero_copy_only=False)
    return mask


def _ask_records(function: Callable[[dict[str, Any]], Any], rows: AcceptedRows) -> Mask:
    flags = np.ones(len(rows), dtype=np.bool_)
    for position, record in enumerate(rows.records()):
        answer = function(record)
        if not isinstance(answer, bool | np.bool_):
            raise NoVerdictError(f"it returned {_named(answer)}, not True or False")
        flags[position] = answer
    return flags


def _named(answer: object) -> str:
    return "None" if answer is None else f"a value of type {type(answer).__name__}"
