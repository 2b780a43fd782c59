"""Takes frames in: begins calls, feeds their streams, and answers each whatever it does."""

import difflib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import pyarrow as pa

from etl_polyglot.generated.protocol import INLINE_THRESHOLD_BYTES
from etl_polyglot.generated.wire.call import CallFrame, CallFrameBody
from etl_polyglot.generated.wire.cancel import CancelFrame
from etl_polyglot.generated.wire.chunk import ChunkFrame, ChunkFrameBody
from etl_polyglot.generated.wire.credit import CreditFrame
from etl_polyglot.generated.wire.end import EndFrame
from etl_polyglot.generated.wire.release import ReleaseFrame
from etl_polyglot.schema.registry import SchemaRegistry
from etl_polyglot.worker.arena import Arenas
from etl_polyglot.worker.body import Body, body_bytes, inline_body
from etl_polyglot.worker.calls import METHODS, Call, CallError, Method, Reply
from etl_polyglot.worker.extensions import Extensions
from etl_polyglot.worker.failures import failure_header
from etl_polyglot.worker.footprint import Footprints
from etl_polyglot.worker.frames import Frame, FrameError, FrameTooLargeError, FrameWriter
from etl_polyglot.worker.messages import UnreadableValue, parse_message
from etl_polyglot.worker.running import Running
from etl_polyglot.worker.slot import BodyCorruptError
from etl_polyglot.worker.stream import Chunk, InputStream, OutputCredit
from etl_polyglot.worker.threads import Task


class Dispatcher:
    """The calls of this worker that are under way.

    Args:
        footprints: told of each call that has ended.
        before_wait: called by a thread that is about to wait for a frame of its call.
    """

    def __init__(
        self,
        writer: FrameWriter,
        arenas: Arenas | None,
        registry: SchemaRegistry,
        extensions: Extensions,
        footprints: Footprints,
        before_wait: Callable[[], None],
    ) -> None:
        self._writer = writer
        self._arenas = arenas
        self._registry = registry
        self._extensions = extensions
        self._footprints = footprints
        self._before_wait = before_wait
        self._running: dict[int, Running] = {}

    def receive(self, frame: Frame) -> Task | None:
        """Take a frame in, without waiting for anything.

        Returns:
            What runs the call and answers it, when the frame is one.

        Raises:
            FrameError: the frame is no message, or cannot come now.
        """
        match parse_message(frame.header):
            case CallFrame() as message:
                return self._begin(message, frame)
            case UnreadableValue(CallFrame() as message, reason):
                return self._begin(message, frame, _invalid_request(reason))
            case ReleaseFrame() as message:
                self._release(message)
            case ChunkFrame() as message:
                self._receive_chunk(message, frame)
            case UnreadableValue(ChunkFrame() as message, reason):
                self._receive_chunk(message, frame, _invalid_request(reason))
            case CancelFrame() | CreditFrame() | EndFrame() as message:
                running = self._running.get(message.id)
                # What comes for a call that is no more has crossed its answer.
                if running is not None:
                    running.receive(message)
        return None

    def _begin(self, message: CallFrame, frame: Frame, refused: Exception | None = None) -> Task:
        call_id, deadline_ms = message.id, message.deadline_ms
        cancelled = threading.Event()
        stream = credit = None
        if message.stream:
            grant = partial(self._grant, call_id)
            stream = InputStream(cancelled, grant, self._before_wait)
        if message.credit is not None:
            credit = OutputCredit(message.credit, cancelled, self._before_wait)
        body = self._open(message.body, frame)
        if isinstance(body, BodyCorruptError):
            refused, body = body, None
        call = Call(
            message.method,
            message.params,
            body,
            self._registry,
            self._extensions.rules,
            self._extensions.functions,
            partial(self._emit, call_id),
            cancelled,
            iter(()) if stream is None else stream,
            None if deadline_ms is None else time.monotonic() + deadline_ms / 1000,
            message.traceparent,
        )
        running = Running(call_id, call, bool(message.inline), stream, credit)
        self._running[call_id] = running
        return partial(self._run, running, refused)

    def _receive_chunk(
        self, message: ChunkFrame, frame: Frame, refused: Exception | None = None
    ) -> None:
        running = self._running.get(message.id)
        # A body of a call that is over is opened all the same: that gives its slot back.
        body = self._open(message.body, frame)
        if running is None or running.input is None:
            return
        if isinstance(body, BodyCorruptError):
            running.input.push(body)
        else:
            running.input.push(refused or Chunk(message.value, body))

    def _open(
        self, place: CallFrameBody | ChunkFrameBody | None, frame: Frame
    ) -> pa.Buffer | BodyCorruptError | None:
        if place is None:
            return None
        if place.at == "inline":
            return frame.body if frame.body is not None else pa.py_buffer(b"")
        if self._arenas is None or place.offset is None or place.generation is None:
            raise FrameError("a body in shared memory that this worker does not have")
        try:
            return self._arenas.request.open(place.offset, place.length, place.generation)
        except BodyCorruptError as error:
            return error
        except ValueError as error:
            raise FrameError(str(error)) from error

    def _release(self, message: ReleaseFrame) -> None:
        if self._arenas is None:
            raise FrameError("a release of memory that this worker does not have")
        try:
            self._arenas.reply.free(message.offset, message.generation)
        except ValueError as error:
            raise FrameError(str(error)) from error

    def _run(self, running: Running, refused: Exception | None) -> None:
        call = running.call
        try:
            if refused is not None:
                raise refused
            if call.cancelled.is_set():
                raise CallError("CANCELLED", f"{call.name} was cancelled before it started")
            answer = _find(call.method)(call)
            if isinstance(answer, Iterator):
                answer = self._send_chunks(running, answer)
            header = {"kind": "reply", "id": running.id, "value": answer.value}
            self._send(running, header, answer.body)
        except BaseException as error:  # noqa: BLE001 - also SystemExit must answer the call
            self._fail(running, error)
        finally:
            del self._running[running.id]
            del refused  # it refers to this frame, and so to the body
        if self._arenas is not None:
            self._arenas.releases.expect(len(self._running))
        self._footprints.expect()

    def _send_chunks(self, running: Running, chunks: Iterator[Reply]) -> Reply:
        """Send a method's chunks as Node takes them; returns its answer."""
        try:
            if running.credit is None:
                how = "with {stream: true} in callPython, or by pool.stream"
                name = running.call.name
                raise _invalid_request(f"{name} answers in parts: read it as a stream, {how}.")
            while True:
                try:
                    chunk = next(chunks)
                except StopIteration as end:
                    return Reply(None) if end.value is None else end.value
                running.credit.take()
                header = {"kind": "chunk", "id": running.id, "value": chunk.value}
                self._send(running, header, chunk.body)
                del chunk  # its memory must not wait for the next one
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()

    def _send(self, running: Running, header: dict[str, Any], body: Body | None) -> None:
        if body is None:
            self._writer.write(header)
            return
        place = None
        arenas, length = self._arenas, body_bytes(body)
        if arenas and not running.inline and length >= INLINE_THRESHOLD_BYTES:
            place = arenas.reply.put(body, length, running.call.cancelled.is_set)
        if arenas is None or place is None:
            inline = inline_body(body, length)
            header["body"] = {"at": "inline", "length": inline.size}
            self._writer.write(header, inline)
            return
        header["body"] = {"at": "shared", **place._asdict()}
        try:
            self._writer.write(header)
        except BaseException:
            arenas.reply.free(place.offset, place.generation)
            raise

    def _fail(self, running: Running, error: BaseException) -> None:
        header = failure_header(running.id, running.call, error)
        try:
            self._writer.write(header)
        except (TypeError, FrameTooLargeError):  # the details are not JSON, or without end
            header["details"] = {"method": running.call.name, "message": header["message"]}
            self._writer.write(header)

    def _emit(self, call_id: int, event: Mapping[str, Any]) -> None:
        self._writer.write({"kind": "event", "id": call_id, "event": event})

    def _grant(self, call_id: int, chunks: int) -> None:
        if call_id in self._running:
            self._writer.write({"kind": "credit", "id": call_id, "chunks": chunks})


def _find(name: str) -> Method:
    found = METHODS.get(name)
    if found is None:
        near = difflib.get_close_matches(name, METHODS, n=1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        reason = f"There is no Python method {name}{hint}. Known: {', '.join(sorted(METHODS))}."
        raise _invalid_request(reason)
    return found


def _invalid_request(reason: str) -> CallError:
    return CallError("INVALID_REQUEST", reason, {"reason": reason})
