"""IR → TypeScript types, for what `z.infer` cannot follow: schemas within themselves."""

from __future__ import annotations

from collections.abc import Mapping

from etl_polyglot.schema.emit.typescript_source import INDENT, typescript_value
from etl_polyglot.schema.ir import Node
from etl_polyglot.schema.names import typescript_key

_SCALARS = {
    "null": "null",
    "boolean": "boolean",
    "integer": "number",
    "number": "number",
    "string": "string",
}


def typescript_type(node: Node, names: Mapping[int, str], indent: str = "") -> str:
    """Return the type of a node's values, as far as TypeScript can say it.

    `names` has the types that are declared, by the identity of their nodes; every other
    reference is written out.
    """
    if node.never:
        return "never"
    parts = [
        part
        for part in (
            _own(node, names, indent),
            _referred(node, names, indent),
            *(typescript_type(one, names, indent) for one in node.all_of),
            _union([typescript_type(one, names, indent) for one in node.variants]),
            _union([typescript_type(one, names, indent) for one in node.one_of]),
        )
        if part not in ("", "unknown")
    ]
    return " & ".join(dict.fromkeys(parts)) or "unknown"


def _own(node: Node, names: Mapping[int, str], indent: str) -> str:
    for values in (
        [node.keywords["const"]] if "const" in node.keywords else None,
        node.keywords.get("enum"),
    ):
        if values is not None:
            scalars = not any(isinstance(value, list | dict) for value in values)
            return _union([typescript_value(value) for value in values]) if scalars else ""
    return _union([_typed(node, kind, names, indent) for kind in node.types])


def _typed(node: Node, kind: str, names: Mapping[int, str], indent: str) -> str:
    if kind in _SCALARS:
        return _SCALARS[kind]
    if kind == "array":
        if node.items is None or node.prefix:
            return "unknown[]"
        item = typescript_type(node.items, names, indent)
        return f"({item})[]" if " " in item else f"{item}[]"
    if not node.properties and isinstance(node.extra, Node) and not node.patterns:
        # A type within itself may not be an argument of `Record`.
        return f"{{ [key: string]: {typescript_type(node.extra, names, indent)} }}"
    return _object(node, names, indent)


def _object(node: Node, names: Mapping[int, str], indent: str) -> str:
    inner = indent + INDENT
    lines = []
    for prop in node.properties:
        value = typescript_type(prop.node, names, inner)
        mark, absent = ("", "") if prop.required else ("?", " | undefined")
        lines.append(f"{inner}{typescript_key(prop.name)}{mark}: {value}{absent};\n")
    if node.extra is not False or node.patterns:
        lines.append(f"{inner}[key: string]: unknown;\n")
    return "{\n" + "".join(lines) + indent + "}" if lines else "Record<string, never>"


def _referred(node: Node, names: Mapping[int, str], indent: str) -> str:
    if node.reference is None:
        return ""
    target = node.reference.node
    return names.get(id(target)) or typescript_type(target, names, indent)


def _union(types: list[str]) -> str:
    unique = list(dict.fromkeys(types))
    if "unknown" in unique:
        return "unknown"
    joined = " | ".join(unique)
    return f"({joined})" if unique[1:] else joined
