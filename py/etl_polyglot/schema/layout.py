"""IR → the columns that both languages lay a record's rows out in."""

from __future__ import annotations

from typing import Any

from etl_polyglot.schema.ir import Node, Record
from etl_polyglot.schema.shape import (
    admits_null,
    column_kind,
    judges_others,
    judges_presence,
    list_item,
    members,
)


def layout(record: Record) -> dict[str, Any]:
    """Return the record's layout as JSON: its columns in order, and what else matters.

    Where it is `closed`, other members matter to the verdict; with `presence`, so does whether
    a null was written out.
    """
    return {
        "columns": [_described(one.node, one.name, one.required) for one in members(record.root)],
        "closed": judges_others(record.root),
        "presence": judges_presence(record.root),
    }


def _described(node: Node, name: str, required: bool) -> dict[str, Any]:
    kind = column_kind(node)
    result: dict[str, Any] = {
        "name": name,
        "kind": kind,
        "required": required,
        "nullable": admits_null(node),
    }
    item = list_item(node)
    if kind == "list" and item is not None:
        result["item"] = _described(item, "item", True)
    if kind == "struct":
        result["fields"] = [_described(one.node, one.name, one.required) for one in members(node)]
    return result
