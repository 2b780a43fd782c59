"""What people and programs ask of a record schema: its sources, its columns, how it is judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from etl_polyglot.generated.digests import DIGESTS
from etl_polyglot.schema.emit.modules import cache_header, python_module, typescript_module
from etl_polyglot.schema.ir import Record
from etl_polyglot.schema.load import SUFFIX
from etl_polyglot.schema.names import module_name, record_type_name
from etl_polyglot.schema.plan import Fallback, plan
from etl_polyglot.schema.record import Column, RecordSchema
from etl_polyglot.schema.summary import summary

CHECKS = "etl-polyglot/checks"
"""What TypeScript outside of this package imports the named checks from."""


def describe(schema: RecordSchema) -> dict[str, Any]:
    """Describe a record schema as JSON.

    To its summary come the self-contained `document`, its names in code, both generated sources
    (`zod`, `pydantic`), its `columns`, and as `rows` what makes Pydantic judge a row whatever its
    columns.
    """
    record = Record(schema.name, schema.digest, schema.document, schema.root, schema.primary_key)
    source, type_name = f"{schema.name}{SUFFIX}", record_type_name(schema.name)
    judged = plan(schema)
    return {
        **summary(record, DIGESTS.get(schema.name) == schema.digest),
        "document": schema.document,
        "type_name": type_name,
        "python_module": module_name(schema.name),
        "zod": typescript_module(record, type_name, cache_header(source, "//"), CHECKS),
        "pydantic": python_module(record, type_name, cache_header(source, "#")),
        "columns": [_column(one, judged.columns[one.name]) for one in schema.columns],
        "rows": [asdict(one) for one in judged.record],
    }


def _column(column: Column, fallbacks: Sequence[Fallback]) -> dict[str, Any]:
    return {
        "name": column.name,
        "kind": column.kind,
        "arrow_type": str(column.text_type),
        "output_type": str(column.output_type),
        "required": column.required,
        "nullable": column.nullable,
        "judged": "rows" if fallbacks else "vector",
        "reasons": [asdict(one) for one in fallbacks],
    }
