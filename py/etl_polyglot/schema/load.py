"""Reads a schema file: its name, its JSON, its digest."""

from __future__ import annotations

import hashlib
import re
import stat
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from etl_polyglot.schema.canonical import canonical_json
from etl_polyglot.schema.document import parse_document
from etl_polyglot.schema.problem import Problem, SchemaError

COMPILER_VERSION = 4
"""Part of every digest: raise it when the same schema compiles to something else."""

MAX_BYTES = 2 * 2**20
"""The largest schema file; compiling one takes about a second a MiB."""

SUFFIX = ".schema.json"
NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}"


@dataclass(frozen=True, slots=True)
class Source:
    """A schema document as it was read: its name, file, JSON value and digest."""

    name: str
    path: Path
    document: dict[str, Any]
    digest: str


def schema_digest(document: Any) -> str:
    """Return the hex SHA-256 of the document's canonical JSON and the compiler's version."""
    text = f"{canonical_json(document)}\n{COMPILER_VERSION}"
    return hashlib.sha256(text.encode()).hexdigest()


def combined_digest(digests: dict[str, str]) -> str:
    """Return one digest over a set of named schemas, whatever their order."""
    return hashlib.sha256(canonical_json(digests).encode()).hexdigest()


def read_json(path: Path) -> Any:
    """Read one strict JSON document.

    Raises SchemaError where the file cannot be read or is larger than `MAX_BYTES`, or with each
    place that is not strict JSON in UTF-8: a key that stands twice, a number that no double
    holds, half of a character.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # to open a pipe would wait for its other end
            raise SchemaError([Problem("", "is no file", "put the schema's file there", path)])
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as exc:
        reason = f"cannot be read: {exc.strerror}"
        is_there = not isinstance(exc, FileNotFoundError)
        instead = "make it a readable file" if is_there else "put the schema's file there"
        raise SchemaError([Problem("", reason, instead, path)]) from exc
    if len(content) > MAX_BYTES:
        reason = f"has more than {MAX_BYTES // 2**20} MiB"
        raise SchemaError([Problem("", reason, "split it into several record schemas", path)])
    value, problems = parse_document(content)
    if problems:
        raise SchemaError([replace(one, source=path) for one in problems])
    return value


def load_source(path: Path) -> Source:
    """Read `NAME.schema.json`, or `NAME.json`; raises SchemaError where it is not a JSON object."""
    name = schema_name(path)
    if not re.fullmatch(NAME, name):
        instead = "name the file with letters, digits, dots, dashes and underscores, 128 at most"
        raise SchemaError([Problem("", "its name is not that of a schema", instead, path)])
    document = read_json(path)
    if not isinstance(document, dict):
        problem = Problem("", "is not a JSON object", "write a schema of type object", path)
        raise SchemaError([problem])
    try:
        digest = schema_digest(document)
    except RecursionError:
        problem = Problem("", "is nested too deeply", "write a flatter schema", path)
        raise SchemaError([problem]) from None
    return Source(name, path, document, digest)


def schema_name(path: Path) -> str:
    """Return the name of the record schema that a file holds."""
    return path.name.removesuffix(".json").removesuffix(".schema")


def schema_files(folder: Path) -> list[Path]:
    """List the folder's `NAME.schema.json` by name; raises OSError where it cannot be read.

    Hidden files, such as editors leave, are none.
    """
    names = (path.name for path in folder.iterdir())
    return [
        folder / name
        for name in sorted(names)
        if name.endswith(SUFFIX) and not name.startswith(".")
    ]
