"""Of which types a schema's own keywords say something, beside `type` itself."""

from __future__ import annotations

from etl_polyglot.schema.ir import Node
from etl_polyglot.schema.profile import ANY, KEYWORDS

JUDGED = ("number", "string", "array", "object")
"""The types that have keywords of their own; `number` stands for `integer` too."""


def says_of(node: Node, kind: str) -> bool:
    """Whether a node's own keywords have something to say of the values of a type."""
    if kind == "array" and (node.items or node.prefix or node.contains):
        return True
    if kind == "object" and (
        node.properties or node.extra is not True or node.patterns or node.names or node.dependents
    ):
        return True
    return any(
        kind in KEYWORDS[keyword].judges != ANY and value is not False and value not in ([], {})
        for keyword, value in node.keywords.items()
    )


def has_literal(node: Node) -> bool:
    """Whether a node lists the values that it admits."""
    return "enum" in node.keywords or "const" in node.keywords
