"""The compiler's own form of a schema: what every back end reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

TypeName = Literal["null", "boolean", "integer", "number", "string", "array", "object"]


@dataclass(frozen=True, slots=True)
class Property:
    """A named member of an object."""

    name: str
    node: Node
    required: bool


@dataclass(frozen=True, slots=True)
class Node:
    """A schema at one place of a document; `document` is that place as written.

    `types` are the JSON types that it admits; empty where it has no `type`. `keywords` has the
    constraints on the value itself, as the author wrote them. `extra` judges members that
    `properties` does not name: True admits any, False none.
    """

    pointer: str
    document: Mapping[str, Any] = field(default_factory=dict)
    types: tuple[TypeName, ...] = ()
    title: str | None = None
    description: str | None = None
    keywords: Mapping[str, Any] = field(default_factory=dict)
    properties: tuple[Property, ...] = ()
    extra: Node | bool = True
    items: Node | None = None
    variants: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """A compiled document: an object schema with its name in code and its annotations."""

    name: str
    digest: str
    document: Mapping[str, Any]
    root: Node
    primary_key: tuple[str, ...]
