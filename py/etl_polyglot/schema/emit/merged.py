"""Objects that several schemas make up together, as one."""

from __future__ import annotations

from dataclasses import replace

from etl_polyglot.schema.emit.says import has_literal
from etl_polyglot.schema.ir import Node
from etl_polyglot.schema.shape import is_recursive, members, value_types


def merged(node: Node) -> Node:
    """Return an object's schema with the members that its `allOf` and `$ref` name as its own.

    Only schemas that name members and nothing else are taken in; the others stay what they are.
    A schema that is no object, or is closed to members that others name, comes back as it is.
    """
    if node.types not in ((), ("object",)) or has_literal(node) or node.extra is not True:
        return node
    if value_types(node) != ("object",):
        return node
    if node.reference is not None and _only_refers(node):
        whole = merged(node.reference.node)
        return replace(
            whole,
            title=node.title or whole.title,
            description=node.description or whole.description,
        )
    taken = [one for one in node.all_of if _names_members(one)]
    reference = node.reference
    if reference is not None and not _names_members(reference.node):
        reference = None
    if not taken and reference is None:
        return node
    return replace(
        node,
        types=("object",),
        properties=members(replace(node, all_of=tuple(taken), reference=reference)),
        all_of=tuple(one for one in node.all_of if one not in taken),
        reference=None if reference is not None else node.reference,
    )


def merged_member(node: Node) -> Node:
    """Merge the schema of a member or an item.

    What stands elsewhere in the document is taken in only where its members are scalars, so that
    nothing large is written again for each way that leads to it.
    """
    if not node.all_of or is_recursive(node):
        return node
    elsewhere = [one for one in node.conjuncts() if not one.pointer.startswith(node.pointer)]
    judged = [value_types(prop.node) for one in elsewhere for prop in one.properties]
    return merged(node) if all(map(_are_scalars, judged)) else node


def _are_scalars(types: tuple[str, ...]) -> bool:
    return bool(types) and not {"array", "object"}.intersection(types)


def _only_refers(node: Node) -> bool:
    in_place = list(node.in_place())
    return len(in_place) == 1 and not any(node.within()) and not node.keywords


def _names_members(node: Node) -> bool:
    """Whether a schema, and whatever always applies with it, only names members."""
    return all(
        one.types in ((), ("object",))
        and not one.never
        and one.keywords.keys() <= {"required"}
        and one.extra is True
        and not (one.patterns or one.names or one.dependents or one.prefix)
        and one.items is None
        and one.contains is None
        and not (one.variants or one.one_of or one.negated or one.condition)
        for one in node.conjuncts()
    )
