"""A record schema at run time: its model, and the Arrow columns that its rows lie in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa
from pydantic import BaseModel

from etl_polyglot.schema.arrow_types import decimal_of
from etl_polyglot.schema.ir import Node, Record
from etl_polyglot.schema.shape import (
    Kind,
    admits_null,
    column_kind,
    is_closed,
    judges_others,
    judges_presence,
    list_item,
    members,
)

TEXT_TYPES: Mapping[str, pa.DataType] = {
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
}
OUTPUT_TYPES: Mapping[str, pa.DataType] = {
    **TEXT_TYPES,
    "date-time": pa.timestamp("us", "UTC"),
    "date": pa.date32(),
    "time": pa.time64("us"),
}


@dataclass(frozen=True)
class Column:
    """One column of a record's rows.

    `text_type` is its type as rows arrive (dates and times still text), `output_type` as
    columnar outputs have it. `item` describes a list's items, `fields` a struct's members, and
    `schema` is the member's own JSON Schema.
    """

    name: str
    kind: Kind
    required: bool
    nullable: bool
    text_type: pa.DataType
    output_type: pa.DataType
    item: Column | None
    fields: tuple[Column, ...]
    schema: Mapping[str, Any]
    node: Node

    @property
    def is_number_as_text(self) -> bool:
        """Whether its values are text in JSON and numbers in columnar outputs."""
        return self.kind == "string" and not pa.types.is_string(self.output_type)


@dataclass(frozen=True)
class RecordSchema:
    """A record schema, ready to judge rows and to lay them out."""

    name: str
    digest: str
    document: Mapping[str, Any]
    model: type[BaseModel]
    columns: tuple[Column, ...]
    closed: bool
    primary_key: tuple[str, ...]
    root: Node

    @cached_property
    def judges_others(self) -> bool:
        """Whether a member without a column can change the verdict on a row."""
        return judges_others(self.root)

    @cached_property
    def judges_presence(self) -> bool:
        """Whether the verdict can depend on a null's being written out."""
        return judges_presence(self.root)

    @cached_property
    def text_schema(self) -> pa.Schema:
        """The columns as rows arrive: typed, but dates and times still text."""
        return pa.schema([pa.field(column.name, column.text_type) for column in self.columns])

    @cached_property
    def output_schema(self) -> pa.Schema:
        """The columns as columnar outputs have them."""
        return pa.schema([pa.field(column.name, column.output_type) for column in self.columns])


def record_schema(record: Record, model: type[BaseModel]) -> RecordSchema:
    """Join a compiled record with its model."""
    root = record.root
    return RecordSchema(
        record.name,
        record.digest,
        record.document,
        model,
        tuple(_column(prop.node, prop.name, prop.required) for prop in members(root)),
        is_closed(root),
        record.primary_key,
        root,
    )


def _output_type(kind: Kind, node: Node) -> pa.DataType:
    documents = [one.document for one in node.conjuncts() if isinstance(one.document, Mapping)]
    names = [document["x-arrow"] for document in documents if "x-arrow" in document]
    if not names or kind not in ("integer", "number", "string"):
        return OUTPUT_TYPES.get(kind, pa.string())
    decimal = decimal_of(names[0])
    if decimal is not None:
        return pa.decimal128(*decimal)
    alias: pa.DataType = pa.type_for_alias(names[0])
    return alias


def _column(node: Node, name: str, required: bool) -> Column:
    kind: Kind = column_kind(node)
    item = None
    fields: tuple[Column, ...] = ()
    items = list_item(node)
    if kind == "list" and items is not None:
        item = _column(items, "item", True)
        text_type: pa.DataType = pa.list_(pa.field("item", item.text_type))
        output_type: pa.DataType = pa.list_(pa.field("item", item.output_type))
    elif kind == "struct":
        fields = tuple(_column(prop.node, prop.name, prop.required) for prop in members(node))
        text_type = pa.struct([pa.field(field.name, field.text_type) for field in fields])
        output_type = pa.struct([pa.field(field.name, field.output_type) for field in fields])
    else:
        text_type = TEXT_TYPES.get(kind, pa.string())
        output_type = _output_type(kind, node)
    nullable = admits_null(node)
    document = node.document if isinstance(node.document, Mapping) else {}
    return Column(
        name, kind, required, nullable, text_type, output_type, item, fields, document, node
    )
