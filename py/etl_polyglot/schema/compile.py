"""Compiles a folder of users' schemas into a cache that is keyed by content."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from etl_polyglot.generated.digests import DIGESTS
from etl_polyglot.schema.checked import check_folder
from etl_polyglot.schema.emit.modules import cache_header, javascript_module, python_module
from etl_polyglot.schema.ir import Record
from etl_polyglot.schema.layout import layout
from etl_polyglot.schema.load import combined_digest
from etl_polyglot.schema.names import record_type_name
from etl_polyglot.schema.problem import SchemaError
from etl_polyglot.schema.summary import summary


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
    checked = check_folder(folder)
    problems = [problem for one in checked for problem in one.problems]
    if problems:
        raise SchemaError(problems)
    compiled = []
    for one in checked:
        assert one.record is not None
        if DIGESTS.get(one.record.name) == one.record.digest:
            compiled.append(Compiled(one.record, one.path, None, None))
        else:
            compiled.append(write_modules(one.record, one.path, cache, javascript))
    return compiled


def manifest(compiled: list[Compiled]) -> dict[str, Any]:
    """Return what Node reads: each schema's summary, document, layout and modules."""
    return {
        "schemas": [
            {
                **summary(one.record, one.python_module is None),
                "source": str(one.source.resolve()),
                "zod_module": None if one.zod_module is None else str(one.zod_module),
                "python_module": None if one.python_module is None else str(one.python_module),
                "layout": layout(one.record),
                "document": one.record.document,
            }
            for one in compiled
        ],
        "digest": combined_digest({one.record.name: one.record.digest for one in compiled}),
    }


def write_modules(
    record: Record, source: Path, cache: Path, javascript: JavaScript | None
) -> Compiled:
    """Write a record's modules into a cache, unless they stand there as they are to be."""
    folder = cache.resolve() / record.digest
    type_name = record_type_name(record.name)
    python = folder / f"{record.name}.py"
    _write(python, python_module(record, type_name, cache_header(source.name, "#")))
    zod = None
    if javascript is not None:
        zod = folder / f"{record.name}.mjs"
        head = cache_header(source.name, "//")
        _write(zod, javascript_module(record, type_name, head, javascript.zod, javascript.checks))
    return Compiled(record, source, zod, python)


def _write(path: Path, text: str) -> None:
    # Compared whole: what lies in a cache may be cut short, or be of other modules' places.
    if path.is_file() and path.read_bytes() == text.encode():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, staged = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    Path(staged).replace(path)
