"""What a reply may carry beside its value, and how it is written where it is to lie."""

import pyarrow as pa

from etl_polyglot.generated.protocol import MAX_INLINE_BODY_BYTES
from etl_polyglot.worker.frames import FrameTooLargeError

Body = pa.Buffer | pa.Table | pa.RecordBatch


def body_bytes(body: Body) -> int:
    """How many bytes a body takes: a table, as an Arrow IPC stream."""
    if isinstance(body, pa.Buffer):
        return body.size
    sink = pa.MockOutputStream()
    _write_stream(body, sink)
    return sink.size()


def write_body(body: Body, target: pa.Buffer) -> None:
    """Write a body into a mutable buffer of its length, without holding the GIL."""
    sink = pa.FixedSizeBufferWriter(target)
    if isinstance(body, pa.Buffer):
        sink.write(body)
    else:
        _write_stream(body, sink)


def inline_body(body: Body, length: int) -> pa.Buffer:
    """The `length` bytes of a body, to follow the header of its frame.

    Raises:
        FrameTooLargeError: a frame does not take so many.
    """
    if length > MAX_INLINE_BODY_BYTES:
        raise FrameTooLargeError(MAX_INLINE_BODY_BYTES)
    if isinstance(body, pa.Buffer):
        return body
    target = pa.allocate_buffer(length)
    write_body(body, target)
    return target


def _write_stream(body: pa.Table | pa.RecordBatch, sink: pa.NativeFile) -> None:
    with pa.ipc.new_stream(sink, body.schema) as writer:
        writer.write(body)
