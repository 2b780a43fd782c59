"""Reads a schema file: strict JSON, no duplicate keys, no NaN."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from etl_polyglot.schema.canonical import canonical_json
from etl_polyglot.schema.json_text import parse_json
from etl_polyglot.schema.problem import Problem, SchemaError

COMPILER_VERSION = 2
"""Part of every digest: raise it when the same schema compiles to something else."""

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

    Raises SchemaError where the file cannot be read, is not JSON in UTF-8, names a key twice in
    one object, or has a number that no double holds.
    """
    try:
        return parse_json(path.read_bytes().decode("utf-8"))
    except OSError as exc:
        reason, instead = f"cannot be read: {exc.strerror}", "make the file readable"
    except UnicodeDecodeError as exc:
        reason, instead = f"byte {exc.start} is not UTF-8", "save the file as UTF-8"
    except RecursionError:
        reason, instead = "is nested too deeply", "write a flatter schema"
    except ValueError as exc:
        reason, instead = f"is not strict JSON: {exc}", "write one JSON object"
    raise SchemaError([Problem("", reason, instead, path)])


def load_source(path: Path) -> Source:
    """Read `NAME.schema.json`; raises SchemaError where it is not a JSON object."""
    name = path.name.removesuffix(SUFFIX)
    if not re.fullmatch(NAME, name):
        instead = "name the file with letters, digits, dots, dashes and underscores, 128 at most"
        raise SchemaError([Problem("", "its name is not that of a schema", instead, path)])
    document = read_json(path)
    if not isinstance(document, dict):
        problem = Problem("", "is not a JSON object", "write a schema of type object", path)
        raise SchemaError([problem])
    try:
        digest = schema_digest(document)
    except UnicodeEncodeError:
        problem = Problem("", "has a lone surrogate in a string", "write whole characters", path)
        raise SchemaError([problem]) from None
    except RecursionError:
        problem = Problem("", "is nested too deeply", "write a flatter schema", path)
        raise SchemaError([problem]) from None
    return Source(name, path, document, digest)


def schema_files(folder: Path) -> list[Path]:
    """List the folder's `NAME.schema.json` files by name."""
    return sorted(path for path in folder.glob(f"*{SUFFIX}") if path.is_file())
