"""IR → Pydantic source: one class per object with named members."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from etl_polyglot.schema.canonical import canonical_json
from etl_polyglot.schema.emit_pydantic_objects import PydanticObjects, has_literal
from etl_polyglot.schema.ir import Node
from etl_polyglot.schema.names import (
    class_name,
    python_string,
    raw_python_string,
)
from etl_polyglot.schema.python_source import alias, python_value
from etl_polyglot.schema.regex import portable
from etl_polyglot.schema.values import decimal_places, fits_type, json_type

CHECKS = "etl_polyglot.schema.checks"

_ROUND: dict[str, tuple[str, Callable[[float], int]]] = {
    "minimum": ("ge", math.ceil),
    "exclusiveMinimum": ("gt", math.floor),
    "maximum": ("le", math.floor),
    "exclusiveMaximum": ("lt", math.ceil),
}
"""Keyword → Pydantic's name, and how a fractional bound is rounded for integers."""


NUMERIC = (*_ROUND, "multipleOf")
TEXTUAL = ("minLength", "maxLength", "pattern", "format")
IMPORTED = frozenset(
    {"Annotated", "Any", "BaseModel", "ConfigDict", "False", "Field", "Literal", "None", "True"}
    | {"Also", "AnyOf", "AnyValueOf", "ByType", "Conditional", "Contains", "DependentRequired"}
    | {"DependentSchemas", "ExactlyOne", "Format", "Integer", "Integral", "MemberCount"}
    | {"MemberNames", "MultipleOf", "Not", "Nothing", "Omittable", "PatternMembers"}
    | {"PrefixItems", "Reference", "UniqueItems"}
)
"""What a generated module has already, which no class of its own may be called."""

COUNTED = ("minItems", "maxItems")


class PydanticEmitter(PydanticObjects):
    """Writes the classes and types of one schema into `blocks`, inner ones first.

    `imports` gathers what they need, by module. What always applies together with a type stands
    behind it in an `Annotated`, as a named check that judges the value as it came.
    """

    def __init__(self) -> None:
        self.blocks: list[str] = []
        self.classes: list[str] = []
        self.imports: dict[str, set[str]] = {}
        self._names: dict[int, str] = {}
        self._taken = set(IMPORTED)
        self._open: dict[int, bool] = {}
        """What is being written, and whether it is a class, whose names may come later."""

    def record(self, node: Node, name: str) -> str:
        """Write the class of a record; everything that its schema says is in it."""
        self._names[id(node)] = self._free(name)
        self._open[id(node)] = True
        return self._model(node, self._names[id(node)], self._others(node, name))

    def annotation(self, node: Node, name: str) -> str:
        """Return a node's type annotation; `name` is for the class that it may need."""
        if node.never:
            return self._check("Nothing")
        # What can stand as the type itself comes first; the others are checks behind it.
        base = self._literal(node) or self._typed(node, name)
        checks = self._untyped(node, name)
        if node.reference is not None:
            link = self._reference(node.reference.node)
            checks += [] if base is None else [f"{self._check('Also')}({link})"]
            base = base or link
        if node.variants and base is None:
            base = self._options(node.variants, name)
        elif node.variants:
            checks.append(self._island("AnyOf", node.variants, name))
        checks += self._combined(node, name)
        return self._annotated(base or self._use("typing", "Any"), [], *checks)

    def _others(self, node: Node, name: str) -> list[str]:
        """Return the checks of everything that judges the same value beside its own type."""
        found = []
        if node.reference is not None:
            found.append(f"{self._check('Also')}({self._reference(node.reference.node)})")
        if node.variants:
            found.append(self._island("AnyOf", node.variants, name))
        return found + self._combined(node, name)

    def _combined(self, node: Node, name: str) -> list[str]:
        found = [self._island("Also", [one], name) for one in node.all_of]
        if node.one_of:
            found.append(self._island("ExactlyOne", node.one_of, name))
        if node.negated is not None:
            found.append(self._island("Not", [node.negated], name))
        if condition := node.condition:
            anything = Node(node.pointer)
            branches = [condition.then or anything, condition.otherwise or anything]
            found.append(self._island("Conditional", [condition.test, *branches], name))
        return found

    def _island(self, check: str, nodes: Sequence[Node], name: str) -> str:
        return f"{self._check(check)}({', '.join(self._annotations(nodes, name))})"

    def _annotations(self, nodes: Sequence[Node], name: str) -> list[str]:
        return [
            self.annotation(node, name + class_name(node.title or f"Variant{number}"))
            for number, node in enumerate(nodes, 1)
        ]

    def _options(self, nodes: Sequence[Node], name: str) -> str:
        return " | ".join(dict.fromkeys(self._annotations(nodes, name)))

    def _reference(self, node: Node) -> str:
        """Return the name of a schema that is referred to; it is written at its first use."""
        name = self._names.get(id(node))
        if name is not None and id(node) not in self._open:
            return name
        if name is not None:
            self._use("typing", "Annotated")
            inner = self._open[id(node)] and list(self._open.values())[-1]
            kind = name if inner else self._use("typing", "Any")
            return f"Annotated[{kind}, {self._check('Reference')}(lambda: {name})]"
        name = self._free(class_name(node.pointer.rsplit("/", 1)[-1]))
        self._names[id(node)] = name
        self._open[id(node)] = self._is_model_alone(node)
        if self._is_model_alone(node):
            self._model(node, name, [])
        else:
            text = self.annotation(node, f"{name}Value")
            self.blocks.append(alias(name, text, node.description))
        del self._open[id(node)]
        return name

    def _free(self, name: str) -> str:
        free, number = name, 2
        while free in self._taken:
            free, number = f"{name}{number}", number + 1
        self._taken.add(free)
        return free

    def _use(self, module: str, name: str) -> str:
        self.imports.setdefault(module, set()).add(name)
        return name

    def _check(self, name: str) -> str:
        return self._use(CHECKS, name)

    def _annotated(self, base: str, settings: list[str], *checks: str | None) -> str:
        metadata = [f"{self._use('pydantic', 'Field')}({', '.join(settings)})"] if settings else []
        metadata += [check for check in checks if check]
        if not metadata:
            return base
        return f"{self._use('typing', 'Annotated')}[{base}, {', '.join(metadata)}]"

    def _literal(self, node: Node) -> str | None:
        """Return the type of `const` and `enum`, those that are of the node's types."""
        lists = [node.keywords["enum"]] if "enum" in node.keywords else []
        lists += [[node.keywords["const"]]] if "const" in node.keywords else []
        if not lists:
            return None
        values = [
            value
            for value in lists[0]
            if (not node.types or fits_type(value, node.types))
            and all(canonical_json(value) in map(canonical_json, other) for other in lists)
        ]
        if not values:
            return self._check("Nothing")
        if all(isinstance(value, str) for value in values):
            return f"{self._use('typing', 'Literal')}[{', '.join(map(python_string, values))}]"
        # Literal[1] admits True and 1.0 is not 1 to it: our own check compares as JSON does.
        check = f"{self._check('AnyValueOf')}({', '.join(map(python_value, values))})"
        return self._annotated(self._use("typing", "Any"), [], check)

    def _typed(self, node: Node, name: str) -> str | None:
        """Return the node's types, with what is particular to each; None where it has none."""
        if not node.types or has_literal(node):
            return None
        kinds = [kind for kind in node.types if kind != "null"]
        parts = [self._emitters[kind](self, node, name) for kind in kinds]
        return " | ".join([*parts, "None"] if "null" in node.types else parts)

    def _untyped(self, node: Node, name: str) -> list[str]:
        """Return the check of what is particular to types where the node has none of its own."""
        if node.types and not has_literal(node):
            return []
        wanted = {"number" if kind == "integer" else kind for kind in node.types}
        types = [
            f"{kind}={self._emitters[kind](self, node, name)}"
            for kind in ("number", "string", "array", "object")
            if self._judges(node, kind) and (not node.types or kind in wanted)
        ]
        return [f"{self._check('ByType')}({', '.join(types)})"] if types else []

    def _judges(self, node: Node, kind: str) -> bool:
        """Whether a node has something to say of values of a type."""
        if kind == "number":
            return any(keyword in node.keywords for keyword in NUMERIC)
        if kind == "string":
            return any(keyword in node.keywords for keyword in TEXTUAL)
        if kind == "array":
            inner = (node.items, node.prefix, node.contains, node.keywords.get("uniqueItems"))
            return any(inner) or any(keyword in node.keywords for keyword in COUNTED)
        return self._is_model(node) or isinstance(node.extra, Node) or bool(node.patterns)

    def _boolean(self, node: Node, name: str) -> str:
        return "bool"

    def _number(self, node: Node, name: str) -> str:
        whole = "integer" in node.types
        settings = []
        for keyword, (setting, rounded) in _ROUND.items():
            if keyword in node.keywords:
                bound = node.keywords[keyword]
                settings.append(f"{setting}={python_value(rounded(bound) if whole else bound)}")
        step = node.keywords.get("multipleOf")
        check = f"{self._check('MultipleOf')}({python_value(step)})" if step else None
        if not whole:
            return self._annotated("float", settings, check)
        if step is not None and decimal_places(step):
            check = None
        elif json_type(step) == "integer":
            settings.append(f"multiple_of={python_value(step)}")
            check = None
        if not settings:
            return self._annotated(self._check("Integer"), [], check)
        return self._annotated("int", settings, self._check("Integral"), check)

    def _string(self, node: Node, name: str) -> str:
        settings = self._sizes(node, "minLength", "maxLength")
        if "pattern" in node.keywords:
            settings.append(f"pattern={raw_python_string(portable(node.keywords['pattern']))}")
        check = None
        if "format" in node.keywords:
            check = f"{self._check('Format')}({python_string(node.keywords['format'])})"
        return self._annotated("str", settings, check)

    def _array(self, node: Node, name: str) -> str:
        first = self._annotations(node.prefix, f"{name}Item")
        if node.items is None:
            item = self._use("typing", "Any")
        else:
            item = self.annotation(node.items, f"{name}Item")
        settings = self._sizes(node, "minItems", "maxItems")
        checks = [f"{self._check('UniqueItems')}"] if node.keywords.get("uniqueItems") else []
        if first:
            checks.append(f"{self._check('PrefixItems')}([{', '.join(first)}], {item})")
            item = self._use("typing", "Any")
        if node.contains is not None:
            kind = self.annotation(node.contains, f"{name}Contained")
            counts = f", least={python_value(node.keywords.get('minContains', 1))}"
            if "maxContains" in node.keywords:
                counts += f", most={python_value(node.keywords['maxContains'])}"
            checks.append(f"{self._check('Contains')}({kind}{counts})")
        return self._annotated(f"list[{item}]", settings, *checks)

    def _sizes(self, node: Node, least: str, most: str) -> list[str]:
        return [
            f"{setting}={python_value(node.keywords[keyword])}"
            for keyword, setting in ((least, "min_length"), (most, "max_length"))
            if keyword in node.keywords
        ]

    _emitters: ClassVar[dict[str, Callable[[Any, Node, str], str]]] = {
        "boolean": _boolean,
        "integer": _number,
        "number": _number,
        "string": _string,
        "array": _array,
        "object": PydanticObjects._object,
    }
