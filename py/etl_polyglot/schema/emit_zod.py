"""IR → Zod source, as TypeScript or as a plain JavaScript module."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable
from typing import Any, ClassVar

from etl_polyglot.schema.canonical import number_text
from etl_polyglot.schema.ir import Node, Property
from etl_polyglot.schema.names import plain_text, typescript_key, typescript_string
from etl_polyglot.schema.values import decimal_places, json_type

WIDTH = 100
INDENT = "  "

INHERITED = frozenset(
    {"constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString"}
    | {"toString", "valueOf", "__defineGetter__", "__defineSetter__", "__lookupGetter__"}
    | {"__lookupSetter__"}
)
"""Members of Object.prototype, which Zod finds in every row."""


class ZodEmitter:
    """Writes one schema's Zod expression; `checks` gathers the named checks that it uses."""

    def __init__(self) -> None:
        self.checks: set[str] = set()

    def expression(self, node: Node, indent: str = "") -> str:
        """Return the Zod expression for a node, its later lines indented by `indent`."""
        if node.variants:
            options = self.options(node.variants, indent)
            return self.check("anyOf") + options
        if "const" in node.keywords:
            return self.literal("const", [node.keywords["const"]], indent)
        if "enum" in node.keywords:
            return self.literal("enum", node.keywords["enum"], indent)
        if not node.types:
            return "z.unknown()"
        parts = [self.emitters[name](self, node, indent) for name in node.types if name != "null"]
        if not parts:
            return "z.null()"
        if len(parts) == 1:
            return f"{parts[0]}.nullable()" if "null" in node.types else parts[0]
        if "null" in node.types:
            parts.append("z.null()")
        return f"z.union([{', '.join(parts)}])"

    def check(self, name: str) -> str:
        self.checks.add(name)
        return name

    def options(self, nodes: tuple[Node, ...], indent: str) -> str:
        inner = indent + INDENT
        lines = [f"{inner}{self.expression(node, inner)},\n" for node in nodes]
        flat = "([" + ", ".join(line.strip().removesuffix(",") for line in lines) + "])"
        if "\n" not in flat and len(indent) + len(flat) < WIDTH - 30:
            return flat
        return "([\n" + "".join(lines) + indent + "])"

    def literal(self, keyword: str, values: list[Any], indent: str) -> str:
        if any(isinstance(value, list | dict) for value in values):
            return f"{self.check('oneOf')}({typescript_value(values, indent)})"
        if all(isinstance(value, str) for value in values) and keyword == "enum":
            return f"z.enum({typescript_value(values, indent)})"
        return f"z.literal({typescript_value(values if values[1:] else values[0], indent)})"

    def boolean(self, node: Node, indent: str) -> str:
        return "z.boolean()"

    def number(self, node: Node, indent: str) -> str:
        whole = "integer" in node.types
        calls = ["z.int()" if whole else "z.number()"]
        for keyword, method in _BOUNDS.items():
            if keyword in node.keywords:
                calls.append(f".{method}({number_text(node.keywords[keyword])})")
        step = node.keywords.get("multipleOf")
        if step is not None and not (whole and decimal_places(step)):
            calls.append(f".check({self.check('multipleOf')}({number_text(step)}))")
        return "".join(calls)

    def string(self, node: Node, indent: str) -> str:
        calls = ["z.string()"]
        for keyword, method in (("minLength", "min"), ("maxLength", "max")):
            if keyword in node.keywords:
                calls.append(f".{method}({number_text(node.keywords[keyword])})")
        if "pattern" in node.keywords:
            calls.append(f".regex({regex_literal(node.keywords['pattern'])})")
        if "format" in node.keywords:
            name = typescript_string(node.keywords["format"])
            calls.append(f".check({self.check('format')}({name}))")
        return "".join(calls)

    def array(self, node: Node, indent: str) -> str:
        item = "z.unknown()" if node.items is None else self.expression(node.items, indent)
        calls = [f"z.array({item})"]
        if "minItems" in node.keywords:
            calls.append(f".min({number_text(node.keywords['minItems'])})")
        checks = []
        if "maxItems" in node.keywords:
            checks.append(f"{self.check('maxItems')}({number_text(node.keywords['maxItems'])})")
        if node.keywords.get("uniqueItems"):
            checks.append(f"{self.check('uniqueItems')}()")
        if checks:
            calls.append(f".check({', '.join(checks)})")
        return "".join(calls)

    def object(self, node: Node, indent: str) -> str:
        if not node.properties and node.extra is not False:
            extra = node.extra if isinstance(node.extra, Node) else Node(node.pointer)
            return f"z.record(z.string(), {self.expression(extra, indent)})"
        members = self.shape(node.properties, indent)
        if isinstance(node.extra, Node):
            return f"z.object({members}).catchall({self.expression(node.extra, indent)})"
        return f"z.looseObject({members})" if node.extra else f"z.strictObject({members})"

    def shape(self, properties: tuple[Property, ...], indent: str) -> str:
        if not properties:
            return "{}"
        inner = indent + INDENT
        lines = []
        for prop in properties:
            if prop.node.description:
                lines.append(doc_comment(prop.node.description, inner))
            lines.append(f"{inner}{typescript_key(prop.name)}: {self.member(prop, inner)},\n")
        return "{\n" + "".join(lines) + indent + "}"

    def member(self, prop: Property, indent: str) -> str:
        expression = self.expression(prop.node, indent)
        optional = "" if prop.required else ".optional()"
        if prop.name in INHERITED:
            expression = f"{self.check('ownMember')}({expression}{optional})"
        expression += optional
        head = f"{indent}{typescript_key(prop.name)}: "
        if "\n" in expression or len(head) + len(expression) < WIDTH:
            return expression
        return _chain(expression, indent + INDENT)

    emitters: ClassVar[dict[str, Callable[[ZodEmitter, Node, str], str]]] = {
        "boolean": boolean,
        "integer": number,
        "number": number,
        "string": string,
        "array": array,
        "object": object,
    }


_BOUNDS = {"minimum": "min", "exclusiveMinimum": "gt", "maximum": "max", "exclusiveMaximum": "lt"}


def _chain(expression: str, indent: str) -> str:
    """Break a call chain at the dots of its outermost level."""
    head, *calls = _links(expression)
    return head + "".join(f"\n{indent}{call}" for call in calls)


def _links(expression: str) -> list[str]:
    links, depth, quote, start, at = [], 0, "", 0, 0
    while at < len(expression):
        char = expression[at]
        if char == "\\":  # only literals have it
            at += 1
        elif quote:
            quote = "" if char == quote else quote
        elif char in "'/":
            quote = char
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif char == "." and depth == 0 and at > 1:  # the dot of `z.` is no link's
            links.append(expression[start:at])
            start = at
        at += 1
    return [*links, expression[start:]]


def regex_literal(pattern: str) -> str:
    """Write a pattern as a JavaScript regular expression with the flag `u`."""
    escapes = {"/": "\\/", "\n": "\\n", "\r": "\\r", "\u2028": "\\u2028", "\u2029": "\\u2029"}
    result, at = [], 0
    while at < len(pattern):
        if pattern[at] == "\\":
            result.append(pattern[at : at + 2])
            at += 2
        else:
            result.append(escapes.get(pattern[at], pattern[at]))
            at += 1
    return f"/{''.join(result) or '(?:)'}/u"


def typescript_value(value: Any, indent: str = "") -> str:
    """Write a JSON value as a TypeScript literal."""
    if isinstance(value, str):
        return typescript_string(value)
    if isinstance(value, list):
        items = [typescript_value(item, indent + INDENT) for item in value]
        flat = f"[{', '.join(items)}]"
        if "\n" not in flat and len(indent) + len(flat) < WIDTH - 20:
            return flat
        return "[\n" + "".join(f"{indent}{INDENT}{item},\n" for item in items) + f"{indent}]"
    if isinstance(value, dict):
        members = [
            f"{typescript_key(key)}: {typescript_value(member, indent + INDENT)}"
            for key, member in value.items()
        ]
        flat = f"{{ {', '.join(members)} }}" if members else "{}"
        if "\n" not in flat and len(indent) + len(flat) < WIDTH - 20:
            return flat
        return "{\n" + "".join(f"{indent}{INDENT}{line},\n" for line in members) + f"{indent}}}"
    if json_type(value) in ("integer", "number"):
        return number_text(value)
    return json.dumps(value)


def doc_comment(text: str, indent: str) -> str:
    """Write a description as a JSDoc comment, ending in a line end."""
    text = plain_text(text).replace("*/", "*\\/")
    if len(indent) + len(text) + 7 <= WIDTH:
        return f"{indent}/** {text} */\n"
    lines = textwrap.wrap(text, WIDTH - len(indent) - 3, break_long_words=False)
    return f"{indent}/**\n" + "".join(f"{indent} * {line}\n" for line in lines) + f"{indent} */\n"
