"""The annotations for ETL: whether they mean something where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from etl_polyglot.schema import arrow_types, normal_forms
from etl_polyglot.schema.ir import Node
from etl_polyglot.schema.keywords import Refuse, is_names
from etl_polyglot.schema.problem import pointer_token
from etl_polyglot.schema.profile import SET_ASIDE, did_you_mean
from etl_polyglot.schema.shape import column_kind, list_item, members

_MISFITS = {"x-arrow": arrow_types.misfit, "x-normalize": normal_forms.misfit}


def check_annotations(schema: Mapping[str, Any], pointer: str, refuse: Refuse) -> None:
    """Refuse what the annotations of one schema say that its values cannot be."""
    for name, misfit in _MISFITS.items():
        if name in schema and (found := misfit(schema)) is not None:
            refuse(f"{pointer}/{name}", *found)


def check_columns(root: Node, nodes: Iterable[Node], refuse: Refuse) -> None:
    """Refuse a column that the engine keeps for itself, and annotations of no column at all."""
    if any(prop.name == SET_ASIDE for prop in members(root)):
        where = f"/properties/{pointer_token(SET_ASIDE)}"
        refuse(where, "is the column that the engine keeps for itself", "use another name")
    of_columns = {id(one) for prop in members(root) for one in _nodes_of_columns(prop.node)}
    for node in nodes:
        if isinstance(node.document, Mapping) and id(node) not in of_columns:
            for name in sorted(node.document.keys() & _MISFITS.keys()):
                refuse(
                    f"{node.pointer}/{name}",
                    "no column takes it from here: it is within JSON text, or nothing refers to it",
                    "put it on a member or an item of its own column, or leave it out",
                )


def _nodes_of_columns(node: Node) -> Iterator[Node]:
    """Yield the schemas of a column of scalars, or of those within a list or struct."""
    kind, item = column_kind(node), list_item(node)
    if kind == "list" and item is not None:
        yield from _nodes_of_columns(item)
    elif kind == "struct":
        for prop in members(node):
            yield from _nodes_of_columns(prop.node)
    elif kind != "json":
        yield from node.conjuncts()


def primary_key(root: Node, document: Mapping[str, Any], refuse: Refuse) -> tuple[str, ...]:
    """Return the names of `x-primary-key`; refuses those that are no property."""
    key = document.get("x-primary-key", [])
    if not is_names(key):
        refuse("/x-primary-key", "is not a list of different names", "write [names]")
        return ()
    names = [prop.name for node in _conjuncts(root) for prop in node.properties]
    for position, name in enumerate(key):
        if name not in names:
            instead = did_you_mean(name, names, f"name one of {', '.join(names)}")
            refuse(f"/x-primary-key/{position}", f"{name} is no property", instead)
    return tuple(key)


def _conjuncts(root: Node) -> list[Node]:
    try:
        return list(root.conjuncts())
    except (AssertionError, RecursionError):  # references that are refused stay open
        return [root]
