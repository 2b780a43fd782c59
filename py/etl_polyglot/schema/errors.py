"""Error records: one place of a row that does not fit, the same bytes from every layer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NotRequired, TypedDict

from etl_polyglot.generated.validation import KEYWORDS
from etl_polyglot.schema.canonical import canonical_json, normal_json
from etl_polyglot.schema.identity import Same
from etl_polyglot.schema.problem import pointer_token

MAX_TEXT = 200
MAX_JSON = 500
MAX_DEPTH = 64

Path = tuple[str | int, ...]


class ErrorRecord(TypedDict):
    """What did not fit, where, and what was expected; `value` is absent where it is missing."""

    index: int
    path: str
    field: str
    code: str
    message: str
    keyword: str
    expected: Any
    value: NotRequired[Any]


MISSING = object()
"""Stands for the value of a member that is not there."""


def error_record(index: int, path: Path, keyword: str, expected: Any, value: Any) -> ErrorRecord:
    """Build a record; its numbers and keys are normal, so that JSON text of it is one."""
    entry = KEYWORDS[keyword]
    expected, text = expectation(expected)
    if isinstance(expected, str):
        text = expected
    record: ErrorRecord = {
        "index": index,
        "path": "".join(f"/{pointer_token(token)}" for token in path),
        "field": str(path[0]) if path else "",
        "code": entry["code"],
        "message": entry["message"].replace("{expected}", text),
        "keyword": keyword,
        "expected": expected,
    }
    if value is not MISSING:
        record["value"] = shown(value)
    return record


def expectation(expected: Any) -> tuple[Any, str]:
    """Return what a keyword expects as records show it, and its canonical text."""
    return _expectation(Same(expected)) if isinstance(expected, list | dict) else _told(expected)


@lru_cache(maxsize=1_000)
def _expectation(expected: Same) -> tuple[Any, str]:
    return _told(expected.value)


def _told(expected: Any) -> tuple[Any, str]:
    told = shown(expected)
    return told, canonical_json(told)


def shown(value: Any) -> Any:
    """Return a JSON value as records show it: normal, what is long or large cut short.

    A value that is nested more than 64 deep is shown as `…` alone.
    """
    if isinstance(value, str):
        return _cut(value)
    if isinstance(value, list | dict):
        if _is_deeper(value, MAX_DEPTH):
            return "…"
        text = canonical_json(value)
        return _cut(text) if len(text) > MAX_JSON else normal_json(value)
    return normal_json(value)


def _is_deeper(value: Any, levels: int) -> bool:
    if not isinstance(value, list | dict):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deeper(one, levels - 1) for one in inner)


def _cut(text: str) -> str:
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}…"


def in_order(records: Iterable[ErrorRecord]) -> list[ErrorRecord]:
    """Sort records by index, path (array positions as numbers), keyword and what it expects.

    What several parts of a schema say alike is said once.
    """
    found = {(one["path"], one["keyword"], canonical_json(one["expected"])): one for one in records}
    return sorted(found.values(), key=order_of)


_POSITION = re.compile(r"(?:0|[1-9][0-9]{0,8})\Z")


def order_of(record: ErrorRecord) -> tuple[int, tuple[tuple[int, int, bytes], ...], str, bytes]:
    """Return what records are sorted by."""
    path = tuple(_token_order(token) for token in record["path"].split("/"))
    expected = text_order(canonical_json(record["expected"]))
    return record["index"], path, record["keyword"], expected


def name_order(name: str) -> tuple[int, int, bytes]:
    """Return what the members of a value are sorted by."""
    return _token_order(pointer_token(name))


def _token_order(token: str) -> tuple[int, int, bytes]:
    if _POSITION.match(token):
        return (0, int(token), b"")
    return (1, 0, text_order(token))


def text_order(text: str) -> bytes:
    """Return what texts are sorted by, as JavaScript compares them."""
    return text.encode("utf-16-be", "surrogatepass")


def record_json(record: ErrorRecord) -> str:
    """Write a record as JSON text with its keys in their order, as JavaScript writes it."""
    members = (f'"{key}":{canonical_json(value)}' for key, value in record.items())
    return f"{{{','.join(members)}}}"
