"""Choosing the sink for a format."""

from collections.abc import Callable

from etl_polyglot.engine.sinks.arrow import ArrowSink
from etl_polyglot.engine.sinks.csv import CsvSink
from etl_polyglot.engine.sinks.json import JsonSink
from etl_polyglot.engine.sinks.ndjson import NdjsonSink
from etl_polyglot.engine.sinks.parquet import ParquetSink
from etl_polyglot.engine.sinks.sink import SinkRequest
from etl_polyglot.engine.sinks.staged import StagedSink

_SINKS: dict[str, Callable[[SinkRequest], StagedSink]] = {
    "arrow": ArrowSink,
    "csv": CsvSink,
    "json": JsonSink,
    "ndjson": NdjsonSink,
    "parquet": ParquetSink,
}


def open_sink(target_type: str, request: SinkRequest) -> StagedSink:
    """Open a sink of a format, whose file is removed when it was not finished.

    Parameters:
        target_type: `csv`, `ndjson`, `json`, `parquet` or `arrow`.
        request: how the job wants its rows written.

    Raises:
        ValueError: there is no such format.
        JobError: the columns cannot be written so.
        FileExistsError: something stands in the staged file's place.
    """
    if target_type not in _SINKS:
        raise ValueError(f"target_type {target_type!r} is not one of {[*_SINKS]}")
    return _SINKS[target_type](request)
