"""The lines of rejects are, byte for byte, what the schema says of each record by itself."""

import csv
import io
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl_polyglot.engine.convert.faults import cast_error, parse_errors
from etl_polyglot.schema.errors import order_of, record_json, shown
from etl_polyglot.schema.explain import explain
from etl_polyglot.schema.record import RecordSchema
from etl_polyglot.schema.registry import SchemaRegistry

from .support import RunJob
from .test_reference import NAMES, RECORDS, cast


def errors_of(schema: RecordSchema, fields: list[str]) -> tuple[str, list[Any]]:
    """The stage at which a record falls out, and its error records."""
    if len(fields) != len(NAMES):
        why = f"{len(NAMES)} fields, as the header has; found {len(fields)}"
        return "parse", [part[0].error for part in parse_errors({0: why})]
    row: dict[str, Any] = {}
    uncast: dict[str, Any] = {}
    for column, text in zip(schema.columns, fields, strict=True):
        if text:
            try:
                row[column.name] = cast(column.name, text)
            except ValueError:
                # As JSON it would be a text where none may be.
                row[column.name] = text
                uncast[column.name] = {**cast_error(column), "value": shown(text)}
    found: list[Any] = [
        error for error in explain(schema.root, row, 0) if error["field"] not in uncast
    ]
    found = sorted([*found, *uncast.values()], key=order_of)
    return "cast" if uncast else "validate", found


def expected_lines(schema: RecordSchema, records: list[Any], source: str) -> list[bytes]:
    """The lines of the rejects of records that have no quotes and no line ends."""
    lines: list[bytes] = []
    offset = len(",".join(NAMES)) + 1
    for index, record in enumerate(records):
        raw = ",".join(record)
        stage, errors = errors_of(schema, list(record))
        place = {"source": source, "line": index + 2, "byte_offset": offset, "raw": raw}
        for error in errors:
            told: Any = {**error, "index": index, **place, "stage": stage}
            lines.append(record_json(told).encode())
        offset += len(raw.encode()) + 1
    return lines


def is_plain(record: Any) -> bool:
    return any(record) and not set('"\n').intersection("".join(record))


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        RECORDS.map(lambda record: [field.replace(",", ";") for field in record]).filter(is_plain),
        max_size=25,
    ),
    st.integers(1, 200),
    st.integers(1, 10),
)
def test_every_reject_says_what_its_record_alone_would_have_it_say(
    job: RunJob,
    schemas: SchemaRegistry,
    records: list[Any],
    chunk_bytes: int,
    batch_size: int,
) -> None:
    text = "\n".join([",".join(NAMES), *(",".join(record) for record in records), ""])
    assert list(csv.reader(io.StringIO(text)))[1:] == records
    ended = job(text, validation_mode="lenient", chunk_bytes=chunk_bytes, batch_size=batch_size)
    source = ended.rejects[0]["source"] if ended.rejects else ""
    path = next(Path(ended.staged).parent.glob("*rejects*"))
    assert path.read_bytes().splitlines() == expected_lines(schemas.get("item"), records, source)
