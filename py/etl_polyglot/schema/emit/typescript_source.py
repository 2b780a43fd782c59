"""Writes values, names and layouts as TypeScript source."""

from __future__ import annotations

import json
import textwrap
from typing import Any

from etl_polyglot.schema.canonical import number_text
from etl_polyglot.schema.names import plain_text, typescript_key, typescript_string
from etl_polyglot.schema.values import json_type

WIDTH = 100
INDENT = "  "


def bracketed(items: list[str], indent: str, head: str, tail: str, space: str = "") -> str:
    """Write a list on one line where it fits, else an item a line."""
    flat = f"{head}{space}{', '.join(items)}{space}{tail}"
    if not any("\n" in item for item in items) and len(indent) + len(flat) < WIDTH - 30:
        return flat
    inner = indent + INDENT
    return f"{head}\n" + "".join(f"{inner}{item},\n" for item in items) + f"{indent}{tail}"


def chain(expression: str, indent: str) -> str:
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
