"""Compiles schemas for tests, and lays rows out in columns as Node's encoder does."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from etl_polyglot.schema.columnar.judge import judge, struct_of
from etl_polyglot.schema.columnar.judged import Suspects
from etl_polyglot.schema.columnar.place import Place, place_of
from etl_polyglot.schema.ir import Node, Property
from etl_polyglot.schema.record import Column, RecordSchema
from etl_polyglot.schema.registry import SchemaRegistry
from etl_polyglot.schema.rows import columns_of
from etl_polyglot.schema.validator import SET_ASIDE
from etl_polyglot.schema.values import fits_type

VECTORS = sorted((Path(__file__).parents[2] / "vectors").glob("*.json"))
SCALARS = {"integer": "integer", "number": "number", "boolean": "boolean"}


@dataclass
class Vector:
    """A schema, its rows, and the errors that each row must give."""

    schema: dict[str, Any]
    rows: list[Any]
    errors: list[list[dict[str, Any]]]


def load_vector(path: Path) -> Vector:
    content = json.loads(path.read_text("utf-8"))
    errors = [
        [{"index": index, **error} for error in entry["errors"]]
        for index, entry in enumerate(content["rows"])
    ]
    return Vector(content["schema"], [entry["row"] for entry in content["rows"]], errors)


def compiled(folder: Path, document: dict[str, Any], name: str = "subject") -> RecordSchema:
    schemas = folder / "schemas"
    schemas.mkdir(exist_ok=True)
    (schemas / f"{name}.schema.json").write_text(json.dumps(document), "utf-8")
    return SchemaRegistry.load(schemas, folder / "cache").get(name)


def encoded(schema: RecordSchema, rows: list[Any]) -> pa.RecordBatch:
    """Rows that fit their columns go there, the others are set aside as JSON."""
    fitting = [row if fits_columns(schema, row) else None for row in rows]
    columns = columns_of(schema, [row or {} for row in fitting])
    aside = [
        json.dumps(row) if fits is None else None for row, fits in zip(rows, fitting, strict=True)
    ]
    return columns.append_column(SET_ASIDE, pa.array(aside, pa.string()))


def fits_columns(schema: RecordSchema, row: Any) -> bool:
    if not isinstance(row, dict):
        return False
    known = {column.name: column for column in schema.columns}
    return _members_fit(known, row, schema.judges_presence)


def _members_fit(known: dict[str, Column], members: dict[str, Any], presence: bool) -> bool:
    # A null column says «null» where the member must be there and may be null, else «absent».
    absent = [column for name, column in known.items() if name not in members]
    optional = [column for column in known.values() if not column.required]
    return (
        members.keys() <= known.keys()
        and not any(column.required and column.nullable for column in absent)
        and all(_fits(known[name], value) for name, value in members.items())
        and not (presence and any(members.get(one.name, 0) is None for one in optional))
    )


def _fits(column: Column, value: Any) -> bool:
    if value is None:
        return column.nullable
    if column.kind in SCALARS:
        return fits_type(value, [SCALARS[column.kind]])
    if column.kind == "json":
        return True
    if column.kind == "list":
        return isinstance(value, list) and all(_fits(column.item, item) for item in value)
    if column.kind == "struct":
        fields = {field.name: field for field in column.fields}
        return isinstance(value, dict) and _members_fit(fields, value, True)
    return isinstance(value, str)


def doubts(column: Column, batch: pa.RecordBatch) -> Suspects:
    """Which rows the kernels of one column do not accept."""
    required = {"required": [column.name]} if column.required else {}
    root = Node(
        "",
        keywords=required,
        properties=(Property(column.name, column.node, column.required),),
    )
    place = Place(fields={column.name: place_of(column)})
    return judge(root, struct_of(batch.select([column.name])), place).suspects
