"""Runs calls in threads and answers each of them, whatever its method does."""

import difflib
import traceback
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyarrow as pa

from etl_polyglot.generated.protocol import INLINE_THRESHOLD_BYTES
from etl_polyglot.generated.wire.call import CallFrame
from etl_polyglot.rules.rule_set import RuleSet
from etl_polyglot.schema.registry import SchemaRegistry
from etl_polyglot.schema.rule import RuleFailedError
from etl_polyglot.worker.arena import Arenas
from etl_polyglot.worker.calls import METHODS, Call, CallError, Method, Reply, rule_failed
from etl_polyglot.worker.frames import FrameTooLargeError, FrameWriter

_CONCURRENT_CALLS = 64
_MAX_TEXT = 1 << 14  # characters of a failure's texts, far below what a frame's header takes


class Dispatcher:
    """The calls of this worker that are under way."""

    def __init__(
        self,
        writer: FrameWriter,
        arenas: Arenas | None,
        registry: SchemaRegistry,
        rules: RuleSet,
    ) -> None:
        self._writer = writer
        self._arenas = arenas
        self._registry = registry
        self._rules = rules
        self._threads = ThreadPoolExecutor(_CONCURRENT_CALLS, thread_name_prefix="call")
        self._running: dict[int, Call] = {}

    def start(self, frame: CallFrame, body: pa.Buffer | None) -> None:
        """Run a call in a thread of its own."""

        def emit(event: Mapping[str, Any]) -> None:
            self._writer.write({"kind": "event", "id": frame.id, "event": event})

        call = Call(frame.method, frame.params, body, self._registry, self._rules, emit)
        self._running[frame.id] = call
        self._threads.submit(self._run, frame.id, call, bool(frame.inline))

    def cancel(self, call_id: int) -> None:
        """Tell a call that nobody waits for it; one that has been answered is let be."""
        call = self._running.get(call_id)
        if call is not None:
            call.cancelled.set()

    def _run(self, call_id: int, call: Call, inline: bool) -> None:
        try:
            if call.cancelled.is_set():
                raise CallError("CANCELLED", f"{call.method} was cancelled before it started")
            self._answer(call_id, _find(call.method)(call), inline)
        except CallError as error:
            self._fail(call_id, call, error)
        except RuleFailedError as error:
            self._fail(call_id, call, rule_failed(error, error.details))
        except FrameTooLargeError as error:
            text = f"the answer of {call.method} is too large: {error}"
            self._fail(call_id, call, CallError("PAYLOAD_TOO_LARGE", text, {"limit": error.limit}))
        except BaseException as error:  # noqa: BLE001 - also SystemExit must answer the call
            details = {"exception": type(error).__name__, "message": str(error)}
            text = f"{call.method} raised {type(error).__name__}: {error}"
            failure = CallError("WORKER_FAILED", text, details, traceback.format_exc())
            self._fail(call_id, call, failure)
        finally:
            del self._running[call_id]

    def _answer(self, call_id: int, reply: Reply, inline: bool) -> None:
        header: dict[str, Any] = {"kind": "reply", "id": call_id, "value": reply.value}
        body, arenas = reply.body, self._arenas
        if body is None:
            self._writer.write(header)
            return
        offset = None
        if arenas is not None and not inline and body.size >= INLINE_THRESHOLD_BYTES:
            offset = arenas.reply.put(body)
        if arenas is None or offset is None:
            self._writer.write(header | {"body": {"at": "inline", "length": body.size}}, body)
            return
        place = {"at": "shared", "offset": offset, "length": body.size}
        try:
            self._writer.write(header | {"body": place})
        except BaseException:
            arenas.reply.free(offset)
            raise

    def _fail(self, call_id: int, call: Call, error: CallError) -> None:
        details = {
            name: _told(value) if isinstance(value, str) else value
            for name, value in error.details.items()
        }
        header: dict[str, Any] = {
            "kind": "failure",
            "id": call_id,
            "code": error.code,
            "message": _told(error.message),
            "details": {"method": call.method} | details,
        }
        if error.traceback is not None:
            header["traceback"] = _told(error.traceback)
        try:
            self._writer.write(header)
        except (TypeError, FrameTooLargeError):  # the details are not JSON, or without end
            header["details"] = {"method": call.method, "message": header["message"]}
            self._writer.write(header)


def _find(name: str) -> Method:
    found = METHODS.get(name)
    if found is None:
        near = difflib.get_close_matches(name, METHODS, n=1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        reason = f"There is no Python method {name}{hint}. Known: {', '.join(sorted(METHODS))}."
        raise CallError("INVALID_REQUEST", reason, {"reason": reason})
    return found


def _told(text: str) -> str:
    """The text as a frame carries it: its beginning and its end where it is long.

    The lone surrogates that file names bring, and JSON cannot carry, are written as escapes.
    """
    if len(text) > _MAX_TEXT:
        text = f"{text[: _MAX_TEXT // 2]}\n…\n{text[-_MAX_TEXT // 2 :]}"
    return text.encode("utf-8", "backslashreplace").decode()
