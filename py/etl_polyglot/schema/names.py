"""Stable names in code for the names that a schema gives its records and members."""

from __future__ import annotations

import json
import keyword
import re
import unicodedata
from collections.abc import Iterable

# Attributes of pydantic.BaseModel and its older spellings, which a field must not hide, and the
# types that a class body names: a field of that name would stand for its own default there.
RESERVED = frozenset(
    {"construct", "copy", "dict", "from_orm", "json", "parse_file", "parse_obj", "parse_raw"}
    | {"schema", "schema_json", "update_forward_refs", "validate"}
    | {"model_computed_fields", "model_config", "model_construct", "model_copy", "model_extra"}
    | {"model_fields", "model_fields_set", "model_json_schema", "model_parametrized_name"}
    | {"model_post_init", "model_rebuild"}
    | {"bool", "float", "int", "list", "str"}
)

PROTECTED = ("model_dump", "model_validate")
"""Beginnings of names that Pydantic keeps for itself."""


def class_name(name: str) -> str:
    """Return `name` in PascalCase: `order-line` → `OrderLine`."""
    words = re.findall(r"[A-Za-z0-9]+", _ascii(name))
    result = "".join(word[0].upper() + word[1:] for word in words)
    return result if result and not result[0].isdigit() else f"Schema{result}"


def record_type_name(name: str) -> str:
    """Return the name in code of a record schema: `user` → `UserRecord`."""
    return f"{class_name(name)}Record"


def module_name(name: str) -> str:
    """Return `name` as a Python module: `job-request` → `job_request`."""
    return _identifier(name)


def field_names(names: Iterable[str]) -> dict[str, str]:
    """Map member names to Python field names, each once, the same for the same members.

    `Cost Total $` → `cost_total`, `class` → `class_`, `schema` → `schema_`; where two members
    would share a name, the later one gets a number.
    """
    result: dict[str, str] = {}
    names = list(names)
    taken = {name for name in names if _is_plain(name)}
    for name in names:
        if _is_plain(name):
            result[name] = name
            continue
        base = field = _identifier(name)
        number = 2
        while field in taken:
            field, number = f"{base}_{number}", number + 1
        taken.add(field)
        result[name] = field
    return result


def typescript_key(name: str) -> str:
    """Write a member's name as a key of a TypeScript object literal."""
    if name == "__proto__":  # as a plain key it would set the object's prototype
        return "['__proto__']"
    plain = re.fullmatch(r"[A-Za-z_$][A-Za-z0-9_$]*", name)
    return name if plain else typescript_string(name)


def typescript_string(text: str) -> str:
    """Write a string literal in single quotes."""
    body = json.dumps(text, ensure_ascii=False)[1:-1].replace('\\"', '"')
    body = body.replace("'", "\\'")
    return "'" + "".join(c if c.isprintable() else f"\\u{{{ord(c):x}}}" for c in body) + "'"


def python_string(text: str) -> str:
    """Write a string literal in double quotes, or in single ones where that spares escapes."""
    body = json.dumps(text, ensure_ascii=False)
    if text.count('"') > text.count("'"):
        single = body[1:-1].replace("'", "\\'").replace('\\"', '"')
        body = f"'{single}'"
    return "".join(
        char if char.isprintable() else char.encode("ascii", "backslashreplace").decode()
        for char in body
    )


def raw_python_string(text: str) -> str:
    """Write a string literal, raw where that spares escapes."""
    if "\\" in text and text.isprintable() and '"' not in text and not text.endswith("\\"):
        return f'r"{text}"'
    return python_string(text)


def plain_text(text: str) -> str:
    """Return a description as one line for a comment: spaces joined, nothing unprintable."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _is_plain(name: str) -> bool:
    return (
        re.fullmatch(r"[a-z][a-z0-9_]*", name) is not None
        and not keyword.iskeyword(name)
        and name not in RESERVED
        and not name.startswith(PROTECTED)
    )


def _identifier(name: str) -> str:
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", _ascii(name))
    words = re.findall(r"[a-z0-9]+", snake.lower())
    result = "_".join(words) or "field"
    if result[0].isdigit():
        result = f"field_{result}"
    if result.startswith("model_") and not _is_plain(result):
        return f"field_{result}"
    return result if _is_plain(result) else f"{result}_"
