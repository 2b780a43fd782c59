"""A dispatcher on a pipe, and what it has written there."""

import os
import select
import threading
from collections.abc import Iterator
from io import BufferedReader, FileIO
from typing import Any

import orjson
import pyarrow as pa
import pytest

from etl_polyglot.schema.registry import SchemaRegistry
from etl_polyglot.worker.dispatch import Dispatcher
from etl_polyglot.worker.extensions import Extensions
from etl_polyglot.worker.footprint import Footprints
from etl_polyglot.worker.frames import Frame, FrameReader, FrameWriter


class Node:
    """What Node would do to a worker, by hand."""

    def __init__(self, reading: int, writing: int) -> None:
        self._reading = reading
        self._stream = BufferedReader(FileIO(reading, closefd=False))
        self._reader = FrameReader(self._stream)
        self.waiting = threading.Event()
        self.dispatcher = Dispatcher(
            FrameWriter(writing),
            None,
            SchemaRegistry({}),
            Extensions(),
            Footprints(),
            self.waiting.set,
        )
        self._threads: list[threading.Thread] = []

    def send(self, message: dict[str, Any], body: bytes | None = None) -> None:
        """Hand a frame to the dispatcher; a call runs in a thread of its own."""
        buffer = None if body is None else pa.py_buffer(body)
        task = self.dispatcher.receive(Frame(orjson.dumps(message), buffer))
        if task is not None:
            self._threads.append(threading.Thread(target=task, daemon=True))
            self._threads[-1].start()

    def call(self, method: str, **members: Any) -> None:
        """Send a call with the id 1."""
        self.send({"kind": "call", "id": 1, "method": method, "params": {}, **members})

    def received(self) -> tuple[dict[str, Any], bytes | None]:
        """The next frame that is not about memory, at most 10 s later."""
        while True:
            if not self._stream.peek(1) and not select.select([self._reading], [], [], 10)[0]:
                raise TimeoutError("no frame came")
            frame = self._reader.read()
            assert frame is not None
            header: dict[str, Any] = orjson.loads(frame.header)
            if header["kind"] != "memory":
                return header, None if frame.body is None else frame.body.to_pybytes()

    def header(self) -> dict[str, Any]:
        """The header of the next frame."""
        return self.received()[0]

    def join(self) -> None:
        """Wait until every call has ended."""
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive()


@pytest.fixture
def node() -> Iterator[Node]:
    """A dispatcher without shared memory, and the other side of its pipe."""
    reading, writing = os.pipe()
    node = Node(reading, writing)
    try:
        yield node
        node.send({"kind": "cancel", "id": 1})
        node.join()
    finally:
        os.close(writing)
        os.close(reading)
