"""Writes values, names and layouts as Python source."""

from __future__ import annotations

import textwrap
from typing import Any

from etl_polyglot.schema.canonical import normal_number
from etl_polyglot.schema.names import plain_text, python_string

WIDTH = 100


def alias(name: str, text: str, description: str | None) -> str:
    line = wrap(f"{name} = ", text, "")
    return f"{line}{docstring(description, '')}" if description else line


def assignment(head: str, annotation: str, value: str) -> str:
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
