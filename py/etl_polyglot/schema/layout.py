"""IR → the columns that both languages lay a record's rows out in."""

from __future__ import annotations

from typing import Any, Literal, cast

from etl_polyglot.schema.ir import Node, Property, Record
from etl_polyglot.schema.values import json_type

Kind = Literal[
    "integer",
    "number",
    "boolean",
    "string",
    "date-time",
    "date",
    "time",
    "list",
    "struct",
    "json",
]


def layout(record: Record) -> dict[str, Any]:
    """Return the record's layout as JSON: its columns in order, and whether others are refused."""
    return {
        "columns": [column(prop) for prop in record.root.properties],
        "closed": record.root.extra is False,
    }


def column(prop: Property) -> dict[str, Any]:
    """Return the layout of one member: name, kind, required, nullable, and what is within."""
    return _described(prop.node, prop.name, prop.required)


def _described(node: Node, name: str, required: bool) -> dict[str, Any]:
    kind = column_kind(node)
    result: dict[str, Any] = {
        "name": name,
        "kind": kind,
        "required": required,
        "nullable": admits_null(node),
    }
    if kind == "list" and node.items is not None:
        result["item"] = _described(node.items, "item", True)
    if kind == "struct":
        result["fields"] = [column(prop) for prop in node.properties]
    return result


def column_kind(node: Node) -> Kind:
    """Return the kind of column that holds a node's values; `json` where no Arrow type does."""
    types = [name for name in value_types(node) if name != "null"]
    if len(types) != 1:
        return "json"
    (kind,) = types
    if kind == "string":
        name = node.keywords.get("format")
        return cast(Kind, name) if name in ("date-time", "date", "time") else "string"
    if kind == "array":
        return "json" if node.items is None or column_kind(node.items) == "json" else "list"
    if kind == "object":
        # Only what lists all its members has the same fields in every row.
        return "struct" if node.properties and node.extra is False else "json"
    return cast(Kind, kind)


def value_types(node: Node) -> tuple[str, ...]:
    """Return the JSON types that a node's values have; empty where it may be any."""
    if node.variants or (not node.types and "enum" not in node.keywords):
        return () if "const" not in node.keywords else _types_of([node.keywords["const"]])
    return node.types or _types_of(node.keywords["enum"])


def admits_null(node: Node) -> bool:
    """Whether null fits a node."""
    if node.variants:
        return any(map(admits_null, node.variants))
    if "const" in node.keywords:
        return node.keywords["const"] is None
    if "enum" in node.keywords:
        return None in node.keywords["enum"]
    return not node.types or "null" in node.types


def _types_of(values: list[Any]) -> tuple[str, ...]:
    types = dict.fromkeys(json_type(value) for value in values)
    if "number" in types:
        types.pop("integer", None)
    # A struct or list needs the types of what is within, which values alone do not give.
    return () if "array" in types or "object" in types else tuple(types)
