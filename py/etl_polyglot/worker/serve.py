"""The worker's life: hello, then frames until the end of stdin."""

import os
import platform
import sys
from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import version
from io import BufferedReader, FileIO
from pathlib import Path
from typing import Annotated, NoReturn

import pyarrow as pa
from pydantic import Field, TypeAdapter, ValidationError

from etl_polyglot.generated.protocol import VERSION
from etl_polyglot.generated.wire.call import CallFrame
from etl_polyglot.generated.wire.cancel import CancelFrame
from etl_polyglot.generated.wire.release import ReleaseFrame
from etl_polyglot.rules.rule_set import RuleSet
from etl_polyglot.schema.registry import SchemaRegistry
from etl_polyglot.worker import methods
from etl_polyglot.worker.arena import Arenas, inherit_arenas
from etl_polyglot.worker.dispatch import Dispatcher
from etl_polyglot.worker.frames import Frame, FrameError, FrameReader, FrameWriter
from etl_polyglot.worker.stdio import Streams

__all__ = ["methods", "serve"]

_READ_BUFFER_BYTES = 1 << 18
_EXIT_GARBLED = 70

_MESSAGE: TypeAdapter[CallFrame | CancelFrame | ReleaseFrame] = TypeAdapter(
    Annotated[CallFrame | CancelFrame | ReleaseFrame, Field(discriminator="kind")]
)


def serve(streams: Streams) -> NoReturn:
    """Shake hands with Node and answer its calls; ends the process when stdin ends.

    The end of stdin means that Node is gone or wants this worker gone: it leaves at once, also in
    the middle of a call. A frame that cannot be read ends it with exit code 70.
    """
    reader = FrameReader(BufferedReader(FileIO(streams.frames_in), _READ_BUFFER_BYTES))
    writer = FrameWriter(streams.frames_out)
    arenas = inherit_arenas()
    registry = _load_registry(os.environ)
    rules = _load_rules(os.environ, registry)
    # pyarrow imports pandas at its first conversion of Python objects; no call should wait for it.
    import_module("pandas")
    dispatcher = Dispatcher(writer, arenas, registry, rules)
    writer.write(_hello(registry, arenas))
    try:
        while (frame := reader.read()) is not None:
            _receive(frame, dispatcher, arenas)
    except FrameError as error:
        print(f"the worker cannot read its frames: {error}", file=sys.stderr, flush=True)
        os._exit(_EXIT_GARBLED)
    os._exit(0)


def _load_registry(environment: Mapping[str, str]) -> SchemaRegistry:
    cache = environment.get("ETL_SCHEMA_CACHE")
    return SchemaRegistry.load(
        Path(environment["ETL_SCHEMA_DIR"]), None if cache is None else Path(cache)
    )


def _load_rules(environment: Mapping[str, str], registry: SchemaRegistry) -> RuleSet:
    folder = environment.get("ETL_PYTHON_DIR")
    if folder is None:
        return RuleSet()
    # A worker that takes a lost one's place must judge as the others do.
    return RuleSet.load(Path(folder), registry, environment.get("ETL_PYTHON_DIGEST"))


def _hello(registry: SchemaRegistry, arenas: Arenas | None) -> dict[str, object]:
    return {
        "kind": "hello",
        "protocol": VERSION,
        "schema_digest": registry.digest,
        "pid": os.getpid(),
        "versions": {
            "python": platform.python_version(),
            "pyarrow": pa.__version__,
            "pydantic": version("pydantic"),
        },
        "shared_memory": arenas is not None,
    }


def _receive(frame: Frame, dispatcher: Dispatcher, arenas: Arenas | None) -> None:
    try:
        message = _MESSAGE.validate_json(frame.header)
        match message:
            case CallFrame():
                dispatcher.start(message, _body(message, frame, arenas))
            case CancelFrame():
                dispatcher.cancel(message.id)
            case ReleaseFrame() if arenas is not None:
                arenas.reply.free(message.offset)
    except (ValidationError, ValueError, KeyError) as error:
        raise FrameError(str(error)) from error


def _body(message: CallFrame, frame: Frame, arenas: Arenas | None) -> pa.Buffer | None:
    place = message.body
    if place is None:
        return None
    if place.at == "inline":
        return frame.body if frame.body is not None else pa.py_buffer(b"")
    if arenas is None or place.offset is None:
        raise FrameError("a body in shared memory that this worker does not have")
    return arenas.request.view(place.offset, place.length)
