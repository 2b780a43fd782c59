"""IR → Pydantic source: one class per object with named members."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable
from typing import Any, ClassVar

from etl_polyglot.schema.canonical import normal_number
from etl_polyglot.schema.ir import Node, Property
from etl_polyglot.schema.layout import admits_null
from etl_polyglot.schema.names import (
    class_name,
    field_names,
    plain_text,
    python_string,
    raw_python_string,
)
from etl_polyglot.schema.regex import portable
from etl_polyglot.schema.values import decimal_places

WIDTH = 100
CHECKS = "etl_polyglot.schema.checks"

_ROUND: dict[str, tuple[str, Callable[[float], int]]] = {
    "minimum": ("ge", math.ceil),
    "exclusiveMinimum": ("gt", math.floor),
    "maximum": ("le", math.floor),
    "exclusiveMaximum": ("lt", math.ceil),
}
"""Keyword → Pydantic's name, and how a fractional bound is rounded for integers."""


class PydanticEmitter:
    """Writes the classes of one schema into `classes`, inner ones first.

    `imports` gathers what they need, by module.
    """

    def __init__(self) -> None:
        self.classes: list[str] = []
        self.imports: dict[str, set[str]] = {"pydantic": {"BaseModel", "ConfigDict"}}
        self._names: set[str] = set()

    def model(self, node: Node, name: str) -> str:
        """Write the class of an object with named members; returns the class's name."""
        name = self._free(name)
        lines = [f"class {name}(BaseModel):\n"]
        if text := node.description or node.title:
            lines.append(f"{docstring(text, '    ')}\n")
        extra = "forbid" if node.extra is False else "allow"
        lines.append(
            f'    model_config = ConfigDict(strict=True, extra="{extra}", allow_inf_nan=False)\n'
        )
        if isinstance(node.extra, Node):
            value = self.annotation(node.extra, f"{name}Value")
            lines.append(f"\n    __pydantic_extra__: dict[str, {value}]\n")
        if node.properties:
            lines.append("\n")
        fields = field_names(prop.name for prop in node.properties)
        lines += [self._field(prop, fields[prop.name], name) for prop in node.properties]
        self.classes.append("".join(lines))
        return name

    def annotation(self, node: Node, name: str) -> str:
        """Return a node's type annotation; `name` is for the class that it may need."""
        if node.variants:
            options = [
                self.annotation(variant, name + class_name(variant.title or f"Variant{number}"))
                for number, variant in enumerate(node.variants, 1)
            ]
            return " | ".join(dict.fromkeys(options))
        if "const" in node.keywords:
            return self._literal([node.keywords["const"]])
        if "enum" in node.keywords:
            return self._literal(node.keywords["enum"])
        if not node.types:
            return self._use("typing", "Any")
        parts = [self._emitters[kind](self, node, name) for kind in node.types if kind != "null"]
        return " | ".join([*parts, "None"] if "null" in node.types else parts)

    def _free(self, name: str) -> str:
        free, number = name, 2
        while free in self._names:
            free, number = f"{name}{number}", number + 1
        self._names.add(free)
        return free

    def _use(self, module: str, name: str) -> str:
        self.imports.setdefault(module, set()).add(name)
        return name

    def _check(self, name: str) -> str:
        return self._use(CHECKS, name)

    def _field(self, prop: Property, field: str, owner: str) -> str:
        annotation = self.annotation(prop.node, owner + class_name(prop.name))
        if not prop.required and not admits_null(prop.node):
            annotation = f"{self._check('Omittable')}[{annotation}]"
        value = "" if prop.required else " = None"
        if field != prop.name:
            alias = f"alias={python_string(prop.name)}"
            settings = alias if prop.required else f"default=None, {alias}"
            value = f" = {self._use('pydantic', 'Field')}({settings})"
        line = _assignment(f"    {field}: ", annotation, value)
        description = prop.node.description
        return f"{line}{docstring(description, '    ')}" if description else line

    def _annotated(self, base: str, settings: list[str], check: str | None = None) -> str:
        metadata = [f"{self._use('pydantic', 'Field')}({', '.join(settings)})"] if settings else []
        metadata += [check] if check else []
        if not metadata:
            return base
        return f"{self._use('typing', 'Annotated')}[{base}, {', '.join(metadata)}]"

    def _literal(self, values: list[Any]) -> str:
        if all(isinstance(value, str) for value in values):
            return f"{self._use('typing', 'Literal')}[{', '.join(map(python_string, values))}]"
        # Literal[1] admits True and 1.0 is not 1 to it: our own check compares as JSON does.
        check = f"{self._check('OneOf')}({', '.join(map(python_value, values))})"
        return self._annotated(self._use("typing", "Any"), [], check)

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
        if not whole:
            check = f"{self._check('MultipleOf')}({python_value(step)})" if step else None
            return self._annotated("float", settings, check)
        if step and not decimal_places(step):
            settings.append(f"multiple_of={python_value(step)}")
        if not settings:
            return self._check("Integer")
        return self._annotated("int", settings, self._check("Integral"))

    def _string(self, node: Node, name: str) -> str:
        settings = self._sizes(node, "minLength", "maxLength")
        if "pattern" in node.keywords:
            settings.append(f"pattern={raw_python_string(portable(node.keywords['pattern']))}")
        check = None
        if "format" in node.keywords:
            check = f"{self._check('Format')}({python_string(node.keywords['format'])})"
        return self._annotated("str", settings, check)

    def _array(self, node: Node, name: str) -> str:
        if node.items is None:
            item = self._use("typing", "Any")
        else:
            item = self.annotation(node.items, f"{name}Item")
        settings = self._sizes(node, "minItems", "maxItems")
        check = self._check("UniqueItems") if node.keywords.get("uniqueItems") else None
        return self._annotated(f"list[{item}]", settings, check)

    def _sizes(self, node: Node, least: str, most: str) -> list[str]:
        return [
            f"{setting}={python_value(node.keywords[keyword])}"
            for keyword, setting in ((least, "min_length"), (most, "max_length"))
            if keyword in node.keywords
        ]

    def _object(self, node: Node, name: str) -> str:
        if node.properties or node.extra is False:
            return self.model(node, name)
        if isinstance(node.extra, Node):
            return f"dict[str, {self.annotation(node.extra, f'{name}Value')}]"
        return f"dict[str, {self._use('typing', 'Any')}]"

    _emitters: ClassVar[dict[str, Callable[[PydanticEmitter, Node, str], str]]] = {
        "boolean": _boolean,
        "integer": _number,
        "number": _number,
        "string": _string,
        "array": _array,
        "object": _object,
    }


def _assignment(head: str, annotation: str, value: str) -> str:
    opening = value.find("(") + 1
    first = f"{head}{annotation}{value[:opening]}"
    if opening and len(first) <= WIDTH < len(head + annotation + value):
        return f"{first}\n        {value[opening:-1]}\n    )\n"
    return wrap(head, annotation, value)


def python_value(value: Any) -> str:
    """Write a JSON value as a Python literal."""
    if isinstance(value, str):
        return python_string(value)
    if isinstance(value, list):
        return f"[{', '.join(map(python_value, value))}]"
    if isinstance(value, dict):
        members = (f"{python_string(key)}: {python_value(value[key])}" for key in value)
        return f"{{{', '.join(members)}}}"
    if value is None or isinstance(value, bool):
        return repr(value)
    return repr(normal_number(value))


def docstring(text: str, indent: str) -> str:
    """Write a description as a docstring, ending in a line end."""
    text = plain_text(text).replace("\\", "\\\\").replace('"', '\\"')
    lines = textwrap.wrap(text, WIDTH - len(indent) - 6, break_long_words=False)
    if len(lines) == 1:
        return f'{indent}"""{text}"""\n'
    return f'{indent}"""' + "".join(f"{line}\n{indent}" for line in lines) + '"""\n'


def wrap(head: str, text: str, tail: str) -> str:
    """Write a line; one that is too long is broken at the commas of its outermost brackets."""
    line = f"{head}{text}{tail}\n"
    indent = " " * (len(head) - len(head.lstrip()))
    opening = text.find("[")
    if len(line) <= WIDTH + 1 or opening < 0 or not text.endswith("]"):
        return line
    parts, depth, quoted, start = [], 0, False, opening + 1
    for at in range(opening + 1, len(text) - 1):
        char = text[at]
        if char == '"' and text[at - 1] != "\\":
            quoted = not quoted
        elif quoted:
            continue
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
            if depth < 0:  # the first bracket is not the one that ends the text
                return line
        elif char == "," and depth == 0:
            parts.append(text[start:at].strip())
            start = at + 1
    parts.append(text[start:-1].strip())
    comma = "," if len(parts) > 1 else ""
    inner = "".join(wrap(f"{indent}    ", part, comma) for part in parts)
    return f"{head}{text[: opening + 1]}\n{inner}{indent}]{tail}\n"
