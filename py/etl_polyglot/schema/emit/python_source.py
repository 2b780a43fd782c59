"""Writes values, names and layouts as Python source."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
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
    if value == " = None" and WIDTH - 6 < len(head + annotation) <= WIDTH - 4:  # " = (" fits
        return f"{head}{annotation} = (\n        None\n    )\n"
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


def python_literal(value: Any, indent: str = "", before: int = WIDTH) -> str:
    """Write a JSON value as a Python literal over several lines where one is too long.

    `before` characters stand before it in its line; by default it is broken in any case.
    """
    line = python_value(value)
    if not value or not isinstance(value, list | dict) or before + len(line) < WIDTH:
        return line
    inner = f"{indent}    "
    if isinstance(value, list):
        parts = [f"{inner}{python_literal(one, inner, len(inner))},\n" for one in value]
        return f"[\n{''.join(parts)}{indent}]"
    heads = [(f"{inner}{python_string(key)}: ", value[key]) for key in value]
    parts = [f"{head}{python_literal(one, inner, len(head))},\n" for head, one in heads]
    return f"{{\n{''.join(parts)}{indent}}}"


def docstring(text: str, indent: str) -> str:
    """Write a description as a docstring, ending in a line end."""
    text = plain_text(text).replace("\\", "\\\\").replace('"', '\\"')
    lines = textwrap.wrap(text, WIDTH - len(indent) - 6, break_long_words=False)
    if len(lines) == 1:
        return f'{indent}"""{text}"""\n'
    return f'{indent}"""' + "".join(f"{line}\n{indent}" for line in lines) + '"""\n'


def wrap(head: str, text: str, tail: str) -> str:
    """Write a line; one that is too long is broken as formatters do, at its outermost brackets.

    `head` is a statement's beginning, or the indent of what stands within brackets.
    """
    line = f"{head}{text}{tail}\n"
    indent = " " * (len(head) - len(head.lstrip()))
    if len(line) <= WIDTH + 1:
        return line
    options = _split(text, "|")
    if len(options) > 1:
        inner = indent if head == indent else f"{indent}    "
        rows = [wrap(inner, options[0], "")]
        rows += [wrap(f"{inner}| ", option, "") for option in options[1:]]
        if head == indent:
            return "".join(rows).removesuffix("\n") + f"{tail}\n"
        return f"{head}(\n{''.join(rows)}{indent}){tail}\n"
    opening = _last_opening(text)
    if opening is None:
        return line
    parts = _split(text[opening + 1 : -1], ",")
    comma = "," if len(parts) > 1 else ""
    inner = "".join(wrap(f"{indent}    ", part, comma) for part in parts)
    return f"{head}{text[: opening + 1]}\n{inner}{indent}{text[-1]}{tail}\n"


def _outermost(text: str) -> Iterator[tuple[int, str]]:
    """Yield the characters that stand in no string and in no brackets, and the brackets' own."""
    depth, quote, at = 0, "", 0
    while at < len(text):
        char = text[at]
        if quote:
            at += char == "\\"
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char in ")]}":
            depth -= 1
        if not quote and depth == 0:
            yield at, char
        if not quote and char in "([{":
            depth += 1
        at += 1


def _split(text: str, mark: str) -> list[str]:
    marks = [at for at, char in _outermost(text) if char == mark]
    starts = [0, *(at + 1 for at in marks)]
    return [text[start:end].strip() for start, end in zip(starts, [*marks, None], strict=True)]


def _last_opening(text: str) -> int | None:
    """Return where the bracket is opened that ends a text."""
    if text[-1] not in ")]}":
        return None
    return [at for at, char in _outermost(text) if char in "([{"][-1]
