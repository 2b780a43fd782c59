"""The compiler's own form of a schema: what every back end reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

TypeName = Literal["null", "boolean", "integer", "number", "string", "array", "object"]


@dataclass(frozen=True, slots=True, eq=False)
class Property:
    """A named member of an object."""

    name: str
    node: Node
    required: bool


@dataclass(slots=True, eq=False, repr=False)
class Reference:
    """Where a `$ref` leads: the target's JSON Pointer, and its node once all are read."""

    pointer: str
    target: Node | None = None

    @property
    def node(self) -> Node:
        """The target."""
        assert self.target is not None
        return self.target


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """`if` with what then applies; either may be absent."""

    test: Node
    then: Node | None
    otherwise: Node | None


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Node:
    """A schema at one place of a document; `document` is that place as written.

    Whatever a node has applies together. `types` are the JSON types that it admits; empty where
    it has no `type`. `keywords` has the constraints on the value itself, as the author wrote
    them; each judges the values of its own types only. `extra` judges members that neither
    `properties` nor `patterns` name: True admits any, False none. `never` is the schema false.
    """

    pointer: str
    document: Any = field(default_factory=dict)
    types: tuple[TypeName, ...] = ()
    title: str | None = None
    description: str | None = None
    keywords: Mapping[str, Any] = field(default_factory=dict)
    properties: tuple[Property, ...] = ()
    extra: Node | bool = True
    items: Node | None = None
    variants: tuple[Node, ...] = ()
    prefix: tuple[Node, ...] = ()
    contains: Node | None = None
    patterns: tuple[tuple[str, Node], ...] = ()
    names: Node | None = None
    dependents: tuple[tuple[str, Node], ...] = ()
    all_of: tuple[Node, ...] = ()
    one_of: tuple[Node, ...] = ()
    negated: Node | None = None
    condition: Condition | None = None
    reference: Reference | None = None
    never: bool = False

    def in_place(self) -> Iterator[Node]:
        """Yield the nodes that judge the same value as this one."""
        if self.reference is not None:
            yield self.reference.node
        yield from (*self.all_of, *self.variants, *self.one_of)
        yield from (node for _, node in self.dependents)
        if self.negated is not None:
            yield self.negated
        if self.condition is not None:
            yield self.condition.test
            yield from filter(None, (self.condition.then, self.condition.otherwise))

    def conjuncts(self) -> Iterator[Node]:
        """Yield this node and every node that always applies with it, each once."""
        seen: set[int] = set()
        rest = [self]
        while rest:
            node = rest.pop()
            if id(node) not in seen:
                seen.add(id(node))
                yield node
                rest += reversed(node.all_of)
                if node.reference is not None:
                    rest.append(node.reference.node)

    def within(self) -> Iterator[Node]:
        """Yield the nodes that judge what is inside a value: members, items, names."""
        yield from (prop.node for prop in self.properties)
        yield from (node for _, node in self.patterns)
        if isinstance(self.extra, Node):
            yield self.extra
        yield from self.prefix
        yield from filter(None, (self.items, self.contains, self.names))


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """A compiled document: an object schema with its name in code and its annotations.

    `document` is self-contained: each `$ref` is a JSON Pointer into it.
    """

    name: str
    digest: str
    document: Mapping[str, Any]
    root: Node
    primary_key: tuple[str, ...]
