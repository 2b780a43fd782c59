"""How an exception is told to Node: a code, a text, and the exceptions with their source lines."""

import contextlib
import os
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from etl_polyglot.schema.rule import RuleFailedError
from etl_polyglot.worker.arena import ReplyAbandonedError
from etl_polyglot.worker.calls import Call, CallError, NodeError, rule_failed
from etl_polyglot.worker.frames import FrameTooLargeError
from etl_polyglot.worker.slot import BodyCorruptError
from etl_polyglot.worker.stream import StreamCancelledError

# All texts together stay far below what a frame's header takes.
_MAX_TEXT = 1 << 13
_MAX_SOURCE = 300
_MAX_FRAMES = 50
_MAX_EXCEPTIONS = 8

# Whose frames tell nobody anything: they run every call.
_INNER_FILES = {
    str(Path(__file__).with_name(name)) for name in ("dispatch.py", "stream.py", "threads.py")
}
# Nor do these tell whoever gave wrong arguments, or wrote the function that failed.
_PLUMBING_FOLDERS = tuple(
    str(Path(__file__).parents[1] / folder) + os.sep for folder in ("worker", "functions")
)


def failure_header(call_id: int, call: Call, raised: BaseException) -> dict[str, Any]:
    """Write the header of the frame that fails a call."""
    error = call_error(call, raised)
    details = {
        name: told(value) if isinstance(value, str) else value
        for name, value in error.details.items()
    }
    return {
        "kind": "failure",
        "id": call_id,
        "code": error.code,
        "message": told(error.message),
        "details": {"method": call.name} | details,
        "exceptions": exceptions(error.origin or raised, is_ours=error.code == "WORKER_FAILED"),
    }


def call_error(call: Call, raised: BaseException) -> CallError:
    """Give the error of the table that an exception means for the caller."""
    method = call.name
    match raised:
        case CallError():
            return raised
        case RuleFailedError():
            return rule_failed(raised, raised.details)
        case NodeError():
            text = f"the input of {method} failed in its caller: {raised}"
            return CallError("INPUT_FAILED", text, {"reason": str(raised)})
        case StreamCancelledError() | ReplyAbandonedError():
            return CallError("CANCELLED", f"{method} was cancelled by its caller")
        case BodyCorruptError():
            text = f"the body of {method} did not arrive as it was sent: {raised}"
            return CallError("BODY_CORRUPT", text, {"reason": str(raised)})
        case FrameTooLargeError():
            text = (
                f"the answer of {method} is too large: {raised}; "
                "give it in parts, by a generator, and read them as a stream"
            )
            return CallError("PAYLOAD_TOO_LARGE", text, {"limit": raised.limit})
        case MemoryError():
            said = str(raised) or "out of memory"
            reason = f"{method} needs more memory than its process may have ({said})"
            text = f"{reason}; send less at a time, or give the process more"
            return CallError("MEMORY_LIMIT", text, {"reason": reason})
    name, message = type(raised).__name__, _text(raised)
    details = {"exception": name, "message": message}
    return CallError("WORKER_FAILED", f"{method} raised {name}: {message}", details)


def exceptions(raised: BaseException, *, is_ours: bool) -> list[dict[str, Any]]:
    """List an exception and its causes, outermost first; their frames innermost first.

    Args:
        is_ours: whether it is a defect of this package; else the frames of what runs the calls
            are left out, and so are exceptions that no other frame has to do with.
    """
    listed = []
    for error in _chain(raised):
        frames = _frames(error, _is_inner if is_ours else _is_plumbing)
        # Node knows the error of its own input by this one.
        if frames or is_ours or isinstance(error, NodeError):
            name = type(error).__name__
            listed.append({"type": name, "message": told(_text(error)), "frames": frames})
    return listed


def _is_inner(file: str) -> bool:
    return file in _INNER_FILES


def _is_plumbing(file: str) -> bool:
    return file.startswith(_PLUMBING_FOLDERS) or file == contextlib.__file__


def _chain(raised: BaseException) -> Iterator[BaseException]:
    error: BaseException | None = raised
    seen: set[int] = set()
    while error is not None and id(error) not in seen and len(seen) < _MAX_EXCEPTIONS:
        seen.add(id(error))
        yield error
        hidden = None if error.__suppress_context__ else error.__context__
        error = error.__cause__ or hidden


def _frames(error: BaseException, is_left_out: Callable[[str], bool]) -> list[dict[str, Any]]:
    return [
        {
            "file": told(frame.filename),
            "line": frame.lineno or 0,
            "function": told(frame.name),
            **({"source": told(frame.line)[:_MAX_SOURCE]} if frame.line else {}),
        }
        for frame in reversed(traceback.extract_tb(error.__traceback__, limit=-_MAX_FRAMES))
        if not is_left_out(frame.filename)
    ]


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as failed:  # noqa: BLE001 - whatever its __str__ does
        return f"(its text cannot be had: {type(failed).__name__})"


def told(text: str) -> str:
    """The text as a frame carries it: its beginning and its end where it is long.

    The lone surrogates that file names bring, and JSON cannot carry, are written as escapes.
    """
    if len(text) > _MAX_TEXT:
        text = f"{text[: _MAX_TEXT // 2]}\n…\n{text[-_MAX_TEXT // 2 :]}"
    return text.encode("utf-8", "backslashreplace").decode()
