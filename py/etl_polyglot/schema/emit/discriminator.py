"""`oneOf` of objects that one member tells apart: a discriminated union."""

from __future__ import annotations

from etl_polyglot.schema.emit.zod_objects import INHERITED, PROTO
from etl_polyglot.schema.ir import Node
from etl_polyglot.schema.names import field_names
from etl_polyglot.schema.shape import is_recursive


def discriminator(node: Node) -> str | None:
    """Return the member that tells the objects of a node's `oneOf` apart; None where none does.

    Every object requires it, as a text that no other has there, so at most one can fit, and
    what the libraries call a discriminated union is exactly `oneOf`. Besides that the node may
    say no more than that it is an object.
    """
    alone = list(node.in_place()) == list(node.one_of) and _says_nothing_else(node)
    if not alone or node.types not in ((), ("object",)) or len(node.one_of) < 2:
        return None
    options = [_target(option) for option in node.one_of]
    if not all(map(_is_plain_object, options)):
        return None
    for name in _names(options[0]):
        texts = [_texts(option, name) for option in options]
        if all(texts) and len(set().union(*texts)) == sum(map(len, texts)):
            return name
    return None


def _says_nothing_else(node: Node) -> bool:
    return not any(node.within()) and not node.keywords and node.extra is True


def _target(option: Node) -> Node:
    """Follow a `$ref` that stands alone."""
    if option.reference is None or option.types or not _says_nothing_else(option):
        return option
    (target, *others) = option.in_place()
    return option if others else target


def _is_plain_object(node: Node) -> bool:
    return (
        node.types == ("object",)
        and node.keywords.keys() <= {"required"}
        and isinstance(node.extra, bool)
        and not any(node.in_place())
        and not node.patterns
        and node.names is None
        and all(prop.name != PROTO for prop in node.properties)
        and not is_recursive(node)
    )


def _names(option: Node) -> list[str]:
    """Return the required members that have the same name in code."""
    fields = field_names(prop.name for prop in option.properties)
    return [
        prop.name
        for prop in option.properties
        if prop.required and fields[prop.name] == prop.name and prop.name not in INHERITED
    ]


def _texts(option: Node, name: str) -> list[str]:
    """Return the texts that a member may be; none where it may be anything else."""
    if name not in _names(option):
        return []
    (member,) = (prop.node for prop in option.properties if prop.name == name)
    if member.types not in ((), ("string",)) or any(member.in_place()):
        return []
    if member.keywords.keys() == {"const"}:
        texts = [member.keywords["const"]]
    else:
        texts = member.keywords["enum"] if member.keywords.keys() == {"enum"} else []
    return texts if all(isinstance(text, str) for text in texts) else []
