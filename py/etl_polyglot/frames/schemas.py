"""What a validator is made from: a generated record class, or a compiled record schema."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from etl_polyglot.generated.documents import DOCUMENTS
from etl_polyglot.generated.formats import FORMATS
from etl_polyglot.generated.records import BUILT_IN
from etl_polyglot.schema.columnar.place import Place
from etl_polyglot.schema.compile import write_modules
from etl_polyglot.schema.load import Source, load_source
from etl_polyglot.schema.parse import parse_record
from etl_polyglot.schema.record import Column, RecordSchema, record_schema
from etl_polyglot.schema.registry import loaded


def compile_schema(path: str | Path) -> RecordSchema:
    """Compile one record schema, a file called `NAME.schema.json`.

    Raises SchemaError with every problem of the schema: its JSON Pointer, the reason, and what
    to write instead.
    """
    record = parse_record(load_source(Path(path)), FORMATS)
    with tempfile.TemporaryDirectory(prefix="etl-schemas-") as folder:
        return loaded(write_modules(record, Path(path), Path(folder), None))


def record_schema_of(subject: Any) -> RecordSchema:
    """Return the schema of a generated record class; a RecordSchema is one itself.

    Raises TypeError for anything else.
    """
    if isinstance(subject, RecordSchema):
        return subject
    for name, (_, model) in BUILT_IN.items():
        if model is subject:
            return _built_in(name)
    known = ", ".join(model.__name__ for _, model in BUILT_IN.values())
    raise TypeError(
        f"{getattr(subject, '__name__', repr(subject))} has no record schema: give one of the "
        f"generated classes ({known}), or compile_schema('order.schema.json') for your own"
    )


@cache
def _built_in(name: str) -> RecordSchema:
    digest, model = BUILT_IN[name]
    source = Source(name, Path(f"{name}.schema.json"), DOCUMENTS[name], digest)
    return record_schema(parse_record(source, FORMATS), model)


def frame_place(column: Column) -> Place:
    """Return how a frame's values of a member are read: as they are, never as JSON text.

    A null is an absent member, or null itself where the schema requires the member and admits
    null. A decimal is its text where the schema wants strings.
    """
    return Place(
        keeps_null=column.required and column.nullable,
        is_text=column.kind == "string",
        fields={one.name: frame_place(one) for one in column.fields},
        item=None if column.item is None else frame_place(column.item),
    )
