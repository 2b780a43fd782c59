"""Error records: one place of a row that does not fit, the same bytes from every layer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NotRequired, TypedDict

from etl_polyglot.generated.validation import KEYWORDS
from etl_polyglot.schema.canonical import canonical_json, normal_json
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
    expected = shown(expected)
    text = expected if isinstance(expected, str) else canonical_json(expected)
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
    return [
        found[key] for key in sorted(found, key=lambda key: (_order(found[key]), _utf16(key[2])))
    ]


_POSITION = re.compile(r"(?:0|[1-9][0-9]{0,8})\Z")


def _order(record: ErrorRecord) -> tuple[int, tuple[tuple[int, int, bytes], ...], str, bytes]:
    path = tuple(_token_order(token) for token in record["path"].split("/"))
    expected = _utf16(canonical_json(record["expected"]))
    return record["index"], path, record["keyword"], expected


def _token_order(token: str) -> tuple[int, int, bytes]:
    if _POSITION.match(token):
        return (0, int(token), b"")
    return (1, 0, _utf16(token))


def _utf16(text: str) -> bytes:
    """Text as JavaScript compares it."""
    return text.encode("utf-16-be", "surrogatepass")


def record_json(record: ErrorRecord) -> str:
    """Write a record as JSON text with its keys in their order, as JavaScript writes it."""
    members = (f'"{key}":{canonical_json(value)}' for key, value in record.items())
    return f"{{{','.join(members)}}}"
