"""What the worker gives to a function that asks for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from etl_polyglot.schema.registry import SchemaRegistry


@dataclass(frozen=True)
class FunctionContext:
    """The call that a function serves; a parameter annotated with this class is given one.

    Attributes:
        registry: the record schemas.
        emit: sends an event to the caller, a JSON object; for any thread.
        cancelled: set when nobody waits for the answer any more. A function that runs long looks
            at it now and then, and ends.
        deadline: when the caller stops waiting, as `time.monotonic()` counts; None for never.
        traceparent: the trace that the call belongs to, as W3C Trace Context writes it.
    """

    registry: SchemaRegistry
    emit: Callable[[Mapping[str, Any]], None]
    cancelled: threading.Event
    deadline: float | None = None
    traceparent: str | None = None
