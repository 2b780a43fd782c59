"""Choosing the source for a format."""

from typing import Any

from etl_polyglot.engine.sources.arrow import ArrowSource
from etl_polyglot.engine.sources.csv import CsvSource
from etl_polyglot.engine.sources.json import JsonSource
from etl_polyglot.engine.sources.ndjson import NdjsonSource
from etl_polyglot.engine.sources.parquet import ParquetSource
from etl_polyglot.engine.sources.saved import SavedSource
from etl_polyglot.engine.sources.source import Source, SourceRequest

_TYPED: dict[str, type[ParquetSource] | type[ArrowSource] | type[SavedSource]] = {
    "parquet": ParquetSource,
    "arrow": ArrowSource,
    "saved": SavedSource,
}
_TEXTUAL: dict[str, type[CsvSource] | type[NdjsonSource] | type[JsonSource]] = {
    "csv": CsvSource,
    "ndjson": NdjsonSource,
    "json": JsonSource,
}


def open_source(source_type: str, request: SourceRequest) -> Source[Any]:
    """Open a source of a format.

    Parameters:
        source_type: `csv`, `ndjson`, `json`, `parquet`, `arrow`, or `saved`: what a pipeline
            saved.
        request: how the job wants it read.

    Raises:
        ValueError: there is no such format, or it needs a schema and has none.
        JobError: the source cannot be read so.
    """
    if source_type in _TYPED:
        return _TYPED[source_type](request)
    if source_type not in _TEXTUAL:
        raise ValueError(f"source_type {source_type!r} is not one of {[*_TEXTUAL, *_TYPED]}")
    if request.schema is None:
        raise ValueError(f"source_type {source_type!r} needs a schema; give schema_name")
    return _TEXTUAL[source_type](request, request.schema)
