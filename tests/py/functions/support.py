"""Calls of functions as Node makes them, without Node."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from etl_polyglot.functions.context import FunctionContext
from etl_polyglot.functions.function import Function
from etl_polyglot.functions.function_set import FunctionSet
from etl_polyglot.functions.parameters import Given
from etl_polyglot.schema.registry import SchemaRegistry
from etl_polyglot.worker.packing import packed

REGISTRY = SchemaRegistry.load(Path(__file__).parents[3] / "shared-schemas" / "records")
CONTEXT = FunctionContext(REGISTRY, lambda event: None, threading.Event())


def ipc(table: pa.Table | pa.RecordBatch) -> pa.Buffer:
    """A table as Node sends it."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write(table)
    return sink.getvalue()


def given(
    values: Mapping[str, Any] | None = None,
    streams: Mapping[str, Iterable[pa.Table | pa.RecordBatch]] | None = None,
    **tables: pa.Table | pa.RecordBatch,
) -> Given:
    """What a call gives: JSON values, tables, and perhaps a stream."""
    chunks = {name: map(ipc, pieces) for name, pieces in (streams or {}).items()}
    bodies = {name: ipc(table) for name, table in tables.items()}
    return Given(CONTEXT, values or {}, bodies, chunks)


def called(function: Function[..., Any], what: Given) -> Any:
    """What the function returns to a call."""
    functions = FunctionSet([function])
    assert functions.problems == []
    return functions.get(function.name).call(what)


def read(buffer: pa.Buffer) -> pa.Table:
    """The table of an Arrow IPC stream."""
    with pa.ipc.open_stream(buffer) as reader:
        return reader.read_all()


def sent(tables: Mapping[str, pa.Table | pa.RecordBatch]) -> dict[str, pa.Table]:
    """Tables after their way to Node in one body."""
    ranges, body = packed(tables)
    if not isinstance(body, pa.Buffer):
        assert body is not None
        body = ipc(body)
    return {name: read(body.slice(*place)) for name, place in ranges.items()}
