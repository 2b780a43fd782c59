"""Observing a whole file, a chunk at a time, by the sources of the engine."""

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from etl_polyglot.engine.chunks import CHUNK_BYTES, MAX_RECORD_BYTES
from etl_polyglot.engine.columns import check_columns
from etl_polyglot.engine.convert.json_text import parse_json
from etl_polyglot.engine.convert.json_types import has_json_form
from etl_polyglot.engine.errors import JobError
from etl_polyglot.engine.file import SourceFile
from etl_polyglot.engine.sources.csv import CsvSource
from etl_polyglot.engine.sources.csv_header import read_header
from etl_polyglot.engine.sources.json import JsonSource
from etl_polyglot.engine.sources.ndjson import NdjsonSource
from etl_polyglot.engine.sources.open import open_source
from etl_polyglot.engine.sources.source import SourceRequest
from etl_polyglot.infer.arrays import observe_array, observe_text
from etl_polyglot.infer.observed import Observed
from etl_polyglot.infer.place import Bounds, Place
from etl_polyglot.infer.request import InferRequest
from etl_polyglot.infer.written import Written, reading_schema
from etl_polyglot.schema.arrow import Array
from etl_polyglot.schema.profile import SET_ASIDE
from etl_polyglot.schema.record import RecordSchema

_PART_RECORDS = 4096


def observe_file(request: InferRequest, file: SourceFile) -> Observed:
    """Read a whole file.

    Raises:
        JobError: `INPUT_CORRUPT` when it is not of its format, `COLUMNS_MISMATCH` when its
            columns cannot be those of a schema.
    """
    if request.source_type == "csv":
        observed = _observe_csv(request, file)
    elif request.source_type in ("json", "ndjson"):
        observed = _observe_json(request, file)
    else:
        observed = _observe_typed(request, file)
    file.check_unchanged()
    _check_names(observed.root.members, file)
    if not observed.root.members or not observed.records:
        reason = "it has no record from which a schema could be drafted"
        if observed.unreadable:
            reason = f"none of its {observed.unreadable:,} records can be read as an object"
        raise JobError("COLUMNS_MISMATCH", {"path": file.name, "reason": reason})
    return observed


def _observe_csv(request: InferRequest, file: SourceFile) -> Observed:
    names = read_header(file, request.delimiter).names
    _check_header(names, file)
    _check_names(names, file)
    properties = {name: {"type": "string"} for name in names}
    schema = reading_schema({"type": "object", "properties": properties})
    source = CsvSource(_source_request(request, file, schema), schema)
    observed = Observed(Place(Bounds(places=len(names) + Bounds().places)))
    for name in names:
        place = observed.root.member(name)
        assert place is not None
        place.written = Written()
    for chunk in source.chunks():
        rows = source.read(chunk)
        observed.records += len(rows.records)
        observed.unreadable += len(rows.rejects.records)
        for name, place in observed.root.members.items():
            observe_text(place, rows.batch.column(name))
    observed.root.objects = observed.records
    return observed


def _observe_json(request: InferRequest, file: SourceFile) -> Observed:
    schema = reading_schema({"type": "object"})
    source: JsonSource | NdjsonSource
    source = (JsonSource if request.source_type == "json" else NdjsonSource)(
        _source_request(request, file, schema), schema
    )
    observed = Observed(Place(Bounds()))
    for chunk in source.chunks():
        if chunk.oversized:
            observed.unreadable += 1
            continue
        records = source.find_records(chunk)
        extents = zip(records.starts.tolist(), records.ends.tolist(), strict=True)
        for part in _parsed(chunk.data, extents):
            objects = [value for value in part if type(value) is dict]
            observed.root.observe(objects)
            observed.records += len(objects)
            observed.unreadable += len(part) - len(objects)
    return observed


def _parsed(data: bytes, extents: Iterator[tuple[int, int]]) -> Iterator[list[Any]]:
    """Parse values, some at a time; what is no JSON, or is too long, comes as None."""
    part: list[Any] = []
    for start, end in extents:
        try:
            part.append(parse_json(data[start:end]) if end - start <= MAX_RECORD_BYTES else None)
        except orjson.JSONDecodeError:
            part.append(None)
        if len(part) == _PART_RECORDS:
            yield part
            part = []
    yield part


def _observe_typed(request: InferRequest, file: SourceFile) -> Observed:
    source = open_source(request.source_type, _source_request(request, file, None))
    fields = [field for field in source.columns if has_json_form(field.type)]
    known = {field.name for field in fields}
    observed = Observed(Place(Bounds(places=len(fields) + Bounds().places)))
    observed.left_out = tuple(name for name in source.columns.names if name not in known)
    places = {field.name: observed.root.member(field.name) for field in fields}
    for chunk in source.chunks():
        rows = source.read(chunk)
        observed.records += len(rows.records)
        for field in fields:
            _observe_column(places[field.name], rows.batch.column(field.name))
    observed.root.objects = observed.records
    return observed


def _observe_column(place: Place | None, column: Array) -> None:
    assert place is not None, "there is room for every column"
    observe_array(place, column.drop_null())


def _source_request(
    request: InferRequest, file: SourceFile, schema: RecordSchema | None
) -> SourceRequest:
    return SourceRequest(file, schema, False, request.delimiter, request.null_values, CHUNK_BYTES)


def _check_header(names: list[str], file: SourceFile) -> None:
    nameless = [str(place) for place, name in enumerate(names, 1) if not name.strip()]
    if nameless:
        told = ", ".join(nameless[:10])
        reason = f"the header gives no name to column {told}; name every column in its first line"
        raise JobError("COLUMNS_MISMATCH", {"path": file.name, "reason": reason})
    check_columns(names, None, file.name)


def _check_names(names: Iterable[str], file: SourceFile) -> None:
    if SET_ASIDE in names:
        reason = f"a column is called {SET_ASIDE}, which the engine keeps for itself; rename it"
        raise JobError("COLUMNS_MISMATCH", {"path": file.name, "reason": reason})
