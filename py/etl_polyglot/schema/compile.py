"""Compiles a folder of users' schemas into a cache that is keyed by content."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from etl_polyglot.generated.digests import DIGESTS
from etl_polyglot.generated.formats import FORMATS
from etl_polyglot.schema.ir import Record
from etl_polyglot.schema.layout import layout
from etl_polyglot.schema.load import Source, combined_digest, load_source, schema_files
from etl_polyglot.schema.modules import cache_header, javascript_module, python_module
from etl_polyglot.schema.names import record_type_name
from etl_polyglot.schema.parse import parse_record
from etl_polyglot.schema.problem import Problem, SchemaError


@dataclass(frozen=True, slots=True)
class Compiled:
    """A schema of the folder; its modules are None where it is built in."""

    record: Record
    source: Path
    zod_module: Path | None
    python_module: Path | None


@dataclass(frozen=True, slots=True)
class JavaScript:
    """What a compiled Zod module imports: the URLs of zod and of the named checks."""

    zod: str
    checks: str


def compile_folder(
    folder: Path, cache: Path, javascript: JavaScript | None = None
) -> list[Compiled]:
    """Compile every `NAME.schema.json` of a folder that is not built in.

    Modules are written to `cache/DIGEST/` whole or not at all, so several processes may share
    the cache; one that stands there is not written again. Zod modules are written only for
    `javascript`. Raises SchemaError with the problems of all schemas, or where the folder is
    not there or has none.
    """
    sources, problems = _sources(folder)
    compiled = []
    for source in sources:
        try:
            record = parse_record(source, FORMATS)
        except SchemaError as exc:
            problems += exc.problems
            continue
        if DIGESTS.get(source.name) == source.digest:
            compiled.append(Compiled(record, source.path, None, None))
        elif not problems:
            compiled.append(write_modules(record, source.path, cache, javascript))
    if problems:
        raise SchemaError(problems)
    return compiled


def manifest(compiled: list[Compiled]) -> dict[str, Any]:
    """Return what Node reads: each schema's digest, document, layout and modules."""
    return {
        "schemas": [
            {
                "name": one.record.name,
                "digest": one.record.digest,
                "source": str(one.source.resolve()),
                "builtin": one.python_module is None,
                "zod_module": None if one.zod_module is None else str(one.zod_module),
                "python_module": None if one.python_module is None else str(one.python_module),
                "layout": layout(one.record),
                "document": one.record.document,
            }
            for one in compiled
        ],
        "digest": combined_digest({one.record.name: one.record.digest for one in compiled}),
    }


def _sources(folder: Path) -> tuple[list[Source], list[Problem]]:
    sources: list[Source] = []
    problems: list[Problem] = []
    paths = schema_files(folder)
    if not paths:
        reason = "has no NAME.schema.json" if folder.is_dir() else "is not a folder"
        problems.append(Problem("", reason, "set ETL_SCHEMA_DIR to a folder of schemas", folder))
    for path in paths:
        try:
            sources.append(load_source(path))
        except SchemaError as exc:
            problems += exc.problems
    return sources, problems


def write_modules(
    record: Record, source: Path, cache: Path, javascript: JavaScript | None
) -> Compiled:
    """Write a record's modules into a cache, unless they stand there."""
    folder = cache.resolve() / record.digest
    type_name = record_type_name(record.name)
    python = folder / f"{record.name}.py"
    _write_once(python, python_module(record, type_name, cache_header(source.name, "#")))
    zod = None
    if javascript is not None:
        zod = folder / f"{record.name}.mjs"
        text = javascript_module(
            record, type_name, cache_header(source.name, "//"), javascript.zod, javascript.checks
        )
        # Where zod and the checks lie may change while the schema does not.
        if not zod.is_file() or zod.read_text("utf-8") != text:
            _write(zod, text)
    return Compiled(record, source, zod, python)


def _write_once(path: Path, text: str) -> None:
    if not path.is_file():
        _write(path, text)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, staged = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    Path(staged).replace(path)
