"""How far the schemas of a document lead into each other, by nesting and by `$ref`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from etl_polyglot.schema.ir import Node
from etl_polyglot.schema.keywords import Refuse

MAX_STEPS = 128
"""Schemas that lead one into the next; what all libraries build without an end to their stack."""

MAX_APPLIED = 10_000
"""Schemas that judge one value, each counted as often as it does."""


def check_reach(nodes: Iterable[Node], refuse: Refuse) -> None:
    """Refuse what no library could build: a way that is endless or too long, or too many of them.

    `nodes` are all schemas of a document, outer ones first.
    """
    nodes = list(nodes)
    applied: dict[int, int] = {}
    for node, is_loop in _inner_first(nodes, Node.in_place):
        if is_loop:
            where = f"{node.pointer}/$ref" if node.reference else node.pointer
            reason = "leads back to itself on the same value, without end"
            refuse(where, reason, "put the $ref on a member or an item")
            return
        applied[id(node)] = 1 + sum(applied[id(one)] for one in node.in_place())
        if applied[id(node)] > MAX_APPLIED:
            reason = f"applies more than {MAX_APPLIED} schemas to one value, by all its ways"
            refuse(node.pointer, reason, "lead to each schema once")
            return
    steps: dict[int, int] = {}
    for node, is_loop in _inner_first(nodes, _all):
        if is_loop:  # by a member or an item: values end
            continue
        steps[id(node)] = 1 + max((steps.get(id(one), 0) for one in _all(node)), default=0)
        if steps[id(node)] > MAX_STEPS:
            reason = f"leads over more than {MAX_STEPS} schemas, one into the next"
            refuse(node.pointer, reason, "write a schema in place of a $ref that only leads on")
            return


def _all(node: Node) -> Iterator[Node]:
    yield from node.in_place()
    yield from node.within()


def _inner_first(
    nodes: Iterable[Node], after: Callable[[Node], Iterable[Node]]
) -> Iterator[tuple[Node, bool]]:
    """Yield each node behind those that it leads to, and True with one that leads back.

    The stack is a list, for the way may be long.
    """
    done: set[int] = set()
    open_: set[int] = set()
    for start in nodes:
        way = [(start, iter(after(start)))] if id(start) not in done else []
        open_.update(id(one) for one, _ in way)
        while way:
            node, rest = way[-1]
            for one in rest:
                if id(one) in open_:
                    yield node, True
                elif id(one) not in done:
                    open_.add(id(one))
                    way.append((one, iter(after(one))))
                    break
            else:
                way.pop()
                open_.discard(id(node))
                done.add(id(node))
                yield node, False
