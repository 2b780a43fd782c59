"""The worker's life: hello, then frames until the end of stdin."""

import gc
import os
import platform
import sys
from collections.abc import Mapping
from functools import partial
from importlib import import_module
from importlib.metadata import version
from io import BufferedReader, FileIO
from pathlib import Path
from threading import Thread
from typing import NoReturn

import pyarrow as pa

from etl_polyglot.generated.protocol import VERSION
from etl_polyglot.schema.registry import SchemaRegistry
from etl_polyglot.worker import methods
from etl_polyglot.worker.arena import Arenas, inherit_arenas
from etl_polyglot.worker.calls import RETRY_SAFE
from etl_polyglot.worker.dispatch import Dispatcher
from etl_polyglot.worker.extensions import Extensions
from etl_polyglot.worker.footprint import Footprints
from etl_polyglot.worker.frames import FrameError, FrameReader, FrameWriter
from etl_polyglot.worker.stdio import Streams
from etl_polyglot.worker.threads import CallThreads, Task

__all__ = ["methods", "serve"]

_READ_BUFFER_BYTES = 1 << 18
_EXIT_GARBLED = 70

_CONCURRENT_CALLS = 64


def serve(streams: Streams) -> NoReturn:
    """Shake hands with Node and answer its calls; ends the process when stdin ends.

    The end of stdin means that Node is gone or wants this worker gone: it leaves at once, also in
    the middle of a call. A frame that cannot be read ends it with exit code 70.
    """
    reader = FrameReader(BufferedReader(FileIO(streams.frames_in), _READ_BUFFER_BYTES))
    writer = FrameWriter(streams.frames_out)
    arenas = inherit_arenas()
    registry = _load_registry(os.environ)
    extensions = _load_extensions(os.environ, registry)
    # pyarrow imports pandas at its first conversion of Python objects; no call should wait for it.
    import_module("pandas")
    threads = CallThreads(_CONCURRENT_CALLS)
    footprints = Footprints()
    dispatcher = Dispatcher(
        writer, arenas, registry, extensions, footprints, threads.let_others_read
    )
    tell_footprint = partial(_tell_footprint, writer)
    Thread(target=footprints.send, args=(tell_footprint,), name="footprints", daemon=True).start()
    if arenas is not None:
        tell = partial(_tell_release, writer)
        Thread(target=arenas.releases.send, args=(tell,), name="releases", daemon=True).start()
    # What was imported stays: to look through it for garbage would hold calls up.
    gc.freeze()
    writer.write(_hello(registry, extensions, arenas))

    def receive() -> Task | None:
        try:
            frame = reader.read()
            if frame is None:
                os._exit(0)
            return dispatcher.receive(frame)
        except FrameError as error:
            print(f"the worker cannot read its frames: {error}", file=sys.stderr, flush=True)
            os._exit(_EXIT_GARBLED)

    threads.run(receive)


def _tell_release(writer: FrameWriter, offset: int, generation: int) -> None:
    writer.write({"kind": "release", "offset": offset, "generation": generation})


def _tell_footprint(writer: FrameWriter, anonymous_bytes: int) -> None:
    writer.write({"kind": "memory", "anonymous_bytes": anonymous_bytes})


def _load_registry(environment: Mapping[str, str]) -> SchemaRegistry:
    cache = environment.get("ETL_SCHEMA_CACHE")
    return SchemaRegistry.load(
        Path(environment["ETL_SCHEMA_DIR"]), None if cache is None else Path(cache)
    )


def _load_extensions(environment: Mapping[str, str], registry: SchemaRegistry) -> Extensions:
    folder = environment.get("ETL_PYTHON_DIR")
    if folder is None:
        return Extensions()
    # A worker that takes a lost one's place must judge as the others do.
    return Extensions.load(Path(folder), registry, environment.get("ETL_PYTHON_DIGEST"))


def _hello(
    registry: SchemaRegistry, extensions: Extensions, arenas: Arenas | None
) -> dict[str, object]:
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
        "retry_safe": sorted(RETRY_SAFE)
        + [f"call_function:{name}" for name in extensions.functions.retry_safe()],
    }
