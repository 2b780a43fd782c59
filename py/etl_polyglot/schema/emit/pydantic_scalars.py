"""IR → Pydantic source of numbers, texts and listed values."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from etl_polyglot.schema.canonical import canonical_json
from etl_polyglot.schema.emit.python_module import PythonModule
from etl_polyglot.schema.emit.python_source import python_value
from etl_polyglot.schema.ir import Node
from etl_polyglot.schema.names import python_string, raw_python_string
from etl_polyglot.schema.regex.portable import portable
from etl_polyglot.schema.values import decimal_places, fits_type, json_type

_ROUND: dict[str, tuple[str, Callable[[float], int]]] = {
    "minimum": ("ge", math.ceil),
    "exclusiveMinimum": ("gt", math.floor),
    "maximum": ("le", math.floor),
    "exclusiveMaximum": ("lt", math.ceil),
}
"""Keyword → Pydantic's name, and how a fractional bound is rounded for integers."""


def number(module: PythonModule, node: Node) -> str:
    """Return the type of numbers, of integers where the node has that type."""
    whole = "integer" in node.types
    settings = []
    for keyword, (setting, rounded) in _ROUND.items():
        if keyword in node.keywords:
            bound = node.keywords[keyword]
            settings.append(f"{setting}={python_value(rounded(bound) if whole else bound)}")
    step = node.keywords.get("multipleOf")
    if not whole:
        check = f"{module.check('MultipleOf')}({python_value(step)})" if step else None
        return module.annotated("float", settings, check)
    check = None
    if json_type(step) == "integer":
        settings.append(f"multiple_of={python_value(step)}")
    elif step is not None and not decimal_places(step):
        check = f"{module.check('MultipleOf')}({python_value(step)})"
    if not settings:
        return module.annotated(module.check("Integer"), [], check)
    return module.annotated("int", settings, module.check("Integral"), check)


def string(module: PythonModule, node: Node) -> str:
    """Return the type of strings."""
    settings = sizes(node, "minLength", "maxLength")
    if "pattern" in node.keywords:
        settings.append(f"pattern={raw_python_string(portable(node.keywords['pattern']))}")
    check = None
    if "format" in node.keywords:
        check = f"{module.check('Format')}({python_string(node.keywords['format'])})"
    return module.annotated("str", settings, check)


def sizes(node: Node, least: str, most: str) -> list[str]:
    """Return the settings of a text's or a list's length."""
    return [
        f"{setting}={python_value(node.keywords[keyword])}"
        for keyword, setting in ((least, "min_length"), (most, "max_length"))
        if keyword in node.keywords
    ]


def literal(module: PythonModule, node: Node) -> str:
    """Return the type of `const` and `enum`: their values that are of the node's types."""
    lists = [node.keywords["enum"]] if "enum" in node.keywords else []
    lists += [[node.keywords["const"]]] if "const" in node.keywords else []
    others = [set(map(canonical_json, other)) for other in lists[1:]]
    values = [
        value
        for value in lists[0]
        if (not node.types or fits_type(value, node.types))
        and all(canonical_json(value) in other for other in others)
    ]
    if not values:
        return module.check("Nothing")
    if all(isinstance(value, str) for value in values):
        return _type_of(module, values)
    # Literal[1] admits True and 1.0 is not 1 to it: our own check compares as JSON does.
    check = f"{module.check('AnyValueOf')}({', '.join(map(python_value, values))})"
    return module.annotated(_type_of(module, values), [], check)


def _type_of(module: PythonModule, values: Sequence[Any]) -> str:
    kinds = {"number": "float", "array": "list", "object": "dict"}
    named = [value for value in values if json_type(value) not in kinds]
    types = []
    if named:
        listed = ", ".join(map(python_value, named))
        types.append(f"{module.use('typing', 'Literal')}[{listed}]")
    for kind in dict.fromkeys(map(json_type, values)):
        if kind == "array":
            types.append(f"list[{module.anything()}]")
        elif kind == "object":
            types.append(f"dict[str, {module.anything()}]")
        elif kind == "number":
            types.append("float")
    return " | ".join(types)
