"""Writes `ts/generated` and `py/etl_polyglot/generated` from `shared-schemas`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from etl_polyglot.schema.emit.constants import constants
from etl_polyglot.schema.emit.modules import header, python_module, typescript_module
from etl_polyglot.schema.emit.python_source import python_literal
from etl_polyglot.schema.emit.typescript_source import typescript_value
from etl_polyglot.schema.ir import Record
from etl_polyglot.schema.layout import layout
from etl_polyglot.schema.load import SUFFIX, load_source, read_json, schema_files
from etl_polyglot.schema.names import (
    class_name,
    module_name,
    python_string,
    record_type_name,
    typescript_key,
)
from etl_polyglot.schema.parse import parse_record
from etl_polyglot.schema.problem import Problem, SchemaError

ROOT = Path(__file__).resolve().parents[3]
TYPESCRIPT = Path("ts/generated")
PYTHON = Path("py/etl_polyglot/generated")
SHARED = Path("shared-schemas")
CONSTANTS = ("wire/protocol", "wire/errors", "wire/validation", "formats", "idna")


@dataclass(frozen=True, slots=True)
class Difference:
    """A generated file that is not as the schemas say: `missing`, `stale` or `left over`."""

    path: Path
    state: str


def known_formats(root: Path = ROOT) -> Mapping[str, str]:
    """Return the formats of `shared-schemas/formats.json`: name → expression."""
    formats = read_json(root / SHARED / "formats.json")["formats"]
    return {name: entry["pattern"] for name, entry in formats.items()}


def generated_files(root: Path = ROOT) -> dict[Path, str]:
    """Return every generated file's text by its path under `root`.

    Raises SchemaError with the problems of all schemas.
    """
    formats = known_formats(root)
    files: dict[Path, str] = {PYTHON / "__init__.py": header(f"{SHARED}", "#")}
    problems: list[Problem] = []
    for folder in ("records", "api", "wire"):
        compiled: list[tuple[Record, str]] = []
        for path in schema_files(root / SHARED / folder):
            try:
                record = parse_record(load_source(path), formats)
                compiled.append((record, _type_name(record, folder)))
            except SchemaError as exc:
                problems += exc.problems
        for record, type_name in compiled:
            source = str(SHARED / folder / f"{record.name}{SUFFIX}")
            checks = "../../schema/checks.js"
            files[TYPESCRIPT / folder / f"{record.name}.ts"] = typescript_module(
                record, type_name, header(source, "//"), checks
            )
            files[PYTHON / folder / f"{module_name(record.name)}.py"] = python_module(
                record, type_name, header(source, "#")
            )
        files[PYTHON / folder / "__init__.py"] = header(str(SHARED / folder), "#")
        if folder == "records":
            files[TYPESCRIPT / folder / "index.ts"] = _typescript_index(compiled)
            files[PYTHON / folder / "__init__.py"] = _python_index(compiled)
            files[PYTHON / "digests.py"] = _python_digests(compiled)
            files[PYTHON / "documents.py"] = _python_documents(compiled)
    for name in CONSTANTS:
        path = SHARED / f"{name}.json"
        typescript, python = constants(Path(name).name, read_json(root / path), str(path))
        files[TYPESCRIPT / f"{Path(name).name}.ts"] = typescript
        files[PYTHON / f"{Path(name).name}.py"] = python
    if problems:
        raise SchemaError(problems)
    return files


def differences(root: Path = ROOT) -> list[Difference]:
    """Compare what stands under `root` with what the schemas say."""
    wanted = generated_files(root)
    found = []
    for path, text in wanted.items():
        target = root / path
        if not target.is_file():
            found.append(Difference(path, "missing"))
        elif target.read_bytes() != text.encode():
            found.append(Difference(path, "stale"))
    for folder, suffix in ((TYPESCRIPT, "ts"), (PYTHON, "py")):
        for target in sorted((root / folder).rglob(f"*.{suffix}")):
            if target.relative_to(root) not in wanted:
                found.append(Difference(target.relative_to(root), "left over"))
    return found


def generate(root: Path = ROOT) -> list[Difference]:
    """Write what differs and remove what is left over; returns what was done."""
    files = generated_files(root)
    done = differences(root)
    for difference in done:
        target = root / difference.path
        if difference.state == "left over":
            target.unlink()
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(files[difference.path].encode())
    return done


def _type_name(record: Record, folder: str) -> str:
    if folder == "records":
        return record_type_name(record.name)
    return class_name(record.root.title or record.name)


def _typescript_index(compiled: list[tuple[Record, str]]) -> str:
    imports, entries = "", ""
    for record, type_name in compiled:
        imports += f"import {{ {type_name}Schema, {type_name}Source }} from './{record.name}.js';\n"
        entries += (
            f"  {typescript_key(record.name)}: {{\n"
            f"    digest: '{record.digest}',\n"
            f"    zod: {type_name}Schema,\n"
            f"    ...{type_name}Source,\n"
            f"    layout: {typescript_value(layout(record), '    ')},\n"
            "  },\n"
        )
    return (
        f"{header(str(SHARED / 'records'), '//')}{imports}\n"
        "/** The record schemas that are compiled in, by name. */\n"
        f"export const BUILT_IN = {{\n{entries}}} as const;\n"
    )


def _python_index(compiled: list[tuple[Record, str]]) -> str:
    imports, entries = "", ""
    for record, type_name in compiled:
        module = f"etl_polyglot.generated.records.{module_name(record.name)}"
        name = python_string(record.name)
        imports += f"from {module} import {type_name}\n"
        entries += f"    {name}: (DIGESTS[{name}], {type_name}),\n"
    return (
        f"{header(str(SHARED / 'records'), '#')}"
        '"""The record schemas that are compiled in."""\n\n'
        "from __future__ import annotations\n\nfrom pydantic import BaseModel\n\n"
        f"from etl_polyglot.generated.digests import DIGESTS\n{imports}\n"
        f"BUILT_IN: dict[str, tuple[str, type[BaseModel]]] = {{\n{entries}}}\n"
        '"""Name → the digest and the model."""\n'
    )


def _python_digests(compiled: list[tuple[Record, str]]) -> str:
    entries = "".join(
        f"    {python_string(record.name)}: {python_string(record.digest)},\n"
        for record, _ in compiled
    )
    return (
        f"{header(str(SHARED / 'records'), '#')}"
        '"""The digests of the record schemas that are compiled in, to tell them by."""\n\n'
        f"from __future__ import annotations\n\nDIGESTS: dict[str, str] = {{\n{entries}}}\n"
    )


def _python_documents(compiled: list[tuple[Record, str]]) -> str:
    documents = {record.name: dict(record.document) for record, _ in compiled}
    return (
        f"{header(str(SHARED / 'records'), '#')}"
        '"""The JSON Schemas of the records that are compiled in."""\n\n'
        "from __future__ import annotations\n\nfrom typing import Any\n\n"
        f"DOCUMENTS: dict[str, dict[str, Any]] = {python_literal(documents)}\n"
    )
