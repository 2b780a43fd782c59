"""Reads JSON that a person wrote, and says where it is not strict, all places at once."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from etl_polyglot.schema.problem import Problem, pointer_token

_SURROGATE = re.compile(r"[\ud800-\udfff]")
_MARKS = {
    b"\xef\xbb\xbf": "UTF-8 with a byte order mark",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
_LONGEST_INTEGER = 308
"""Digits that every double has; Python refuses to read far longer ones."""


def parse_document(content: bytes) -> tuple[Any, list[Problem]]:
    """Parse a JSON document in UTF-8.

    Returns its value, and a problem for each key that stands twice in its object, each number
    that no double holds and each string with half of a character; None and the one problem where
    it is no JSON at all.
    """
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            return None, [Problem("", f"is {encoding}", "save the file as plain UTF-8")]
    twice: list[tuple[dict[str, Any], str]] = []

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, value in pairs:
            if key in result:
                twice.append((result, key))
            result[key] = value
        return result

    try:
        value = json.loads(content.decode(), object_pairs_hook=members, parse_int=_integer)
    except UnicodeDecodeError as exc:
        return None, [Problem("", f"byte {exc.start} is not UTF-8", "save the file as UTF-8")]
    except json.JSONDecodeError as exc:
        reason = f"is not JSON at line {exc.lineno}, column {exc.colno}: {exc.msg}"
        return None, [Problem("", reason, "JSON has no comments, and no comma before } or ]")]
    except RecursionError:
        return None, [Problem("", "is nested too deeply to be read", "write a flatter schema")]
    repeated = {id(holder): key for holder, key in twice}
    return value, list(_unsound(value, repeated))


def _integer(text: str) -> float:
    return int(text) if len(text) <= _LONGEST_INTEGER else float(text)


def _unsound(document: Any, repeated: dict[int, str]) -> Iterator[Problem]:
    """Yield the problems in the document's order; a stack, for it may be deep."""
    rest = [("", document)]
    while rest:
        pointer, value = rest.pop()
        if isinstance(value, float) and not math.isfinite(value):
            yield Problem(pointer, "is beyond the range of a double", "write a smaller number")
        elif isinstance(value, str) and _SURROGATE.search(value):
            yield Problem(pointer, "has a lone surrogate in a string", "write whole characters")
        if not isinstance(value, dict | list):
            continue
        if (key := repeated.get(id(value))) is not None:
            here = f"{pointer}/{pointer_token(key)}"
            yield Problem(here, "stands twice in its object", "keep one of the two")
        names = value if isinstance(value, dict) else range(len(value))
        for name in names:
            if isinstance(name, str) and _SURROGATE.search(name):
                yield Problem(pointer, "has a lone surrogate in a name", "write whole characters")
        rest += reversed([(f"{pointer}/{pointer_token(name)}", value[name]) for name in names])
