"""Puts emitted schemas into whole modules: header, imports, exports."""

from __future__ import annotations

from collections.abc import Sequence

from etl_polyglot.schema.emit.pydantic_source import PydanticEmitter
from etl_polyglot.schema.emit.python_module import CHECKS
from etl_polyglot.schema.emit.typescript_source import (
    INDENT,
    WIDTH,
    bracketed,
    doc_comment,
    typescript_value,
)
from etl_polyglot.schema.emit.typescript_types import typescript_type
from etl_polyglot.schema.emit.zod_source import ZodEmitter
from etl_polyglot.schema.ir import Record
from etl_polyglot.schema.names import typescript_string
from etl_polyglot.schema.stack import with_room

GENERATOR = "npm run generate"


def header(source: str, comment: str) -> str:
    """Return the first line of a generated file, for sources under `shared-schemas`."""
    return f"{comment} Generated from {source} by `{GENERATOR}`; do not edit.\n"


def cache_header(source: str, comment: str) -> str:
    """Return the first line of a module in the cache of users' schemas."""
    return f"{comment} Compiled from {source} by etl-polyglot; do not edit, edit that.\n"


@with_room
def typescript_module(record: Record, type_name: str, head: str, checks: str) -> str:
    """Write a TypeScript module: Zod schema, inferred type, and the document itself.

    `checks` is what the module imports the named checks from.
    """
    emitter = ZodEmitter(record.root, type_name)
    schema = emitter.expression(record.root)
    matchers = _matchers(record, emitter)
    parts = [head, "import { z } from 'zod';\n", _checks_import(emitter, checks)]
    parts.append("\n")
    parts += [f"{declared}\n" for declared in emitter.type_declarations()]
    parts += [f"{definition}\n" for definition in emitter.module.definitions]
    description = record.root.description or record.root.title
    if description:
        parts.append(doc_comment(description, ""))
    parts.append(f"export const {type_name}Schema = {schema};\n\n")
    inferred = f"z.infer<typeof {type_name}Schema>"
    if id(record.root) in emitter.types:
        inferred = typescript_type(record.root, emitter.types)
    parts.append(f"export type {type_name} = {inferred};\n\n")
    document = typescript_value(dict(record.document))
    parts.append("/** The JSON Schema that this module is generated from. */\n")
    parts.append(f"export const {type_name}Document = {document};\n\n")
    parts.append("/** That JSON Schema with what matches its patterns. */\n")
    members = [f"document: {type_name}Document", f"patterns: {matchers}"]
    source = bracketed(members, "", "{", "}", " ")
    parts.append(f"export const {type_name}Source = {source};\n")
    return "".join(parts)


@with_room
def javascript_module(record: Record, type_name: str, head: str, zod: str, checks: str) -> str:
    """Write a JavaScript module: its default export is the Zod schema, `patterns` its matchers."""
    emitter = ZodEmitter(record.root, type_name, typescript=False)
    schema = emitter.expression(record.root)
    matchers = _matchers(record, emitter)
    parts = [
        head,
        f"import {{ z }} from {typescript_string(zod)};\n",
        _checks_import(emitter, checks),
        *(f"\n{definition}" for definition in emitter.module.definitions),
        f"\nexport const {type_name}Schema = {schema};\n\n",
        f"export const patterns = {matchers};\n\n",
        f"export default {type_name}Schema;\n",
    ]
    return "".join(parts)


def _matchers(record: Record, emitter: ZodEmitter) -> str:
    """Write what matches each pattern of a record, wherever in it that stands."""
    patterns: set[str] = set()
    seen: set[int] = set()
    rest = [record.root]
    while rest:
        node = rest.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if "pattern" in node.keywords:
            patterns.add(node.keywords["pattern"])
        patterns.update(name for name, _ in node.patterns)
        rest += [*node.in_place(), *node.within()]
    inner = INDENT * 2
    pairs = [
        bracketed([typescript_string(one), emitter.module.matcher(one)], inner, "[", "]")
        for one in sorted(patterns)
    ]
    return bracketed(pairs, INDENT, f"{emitter.module.check('matchers')}(", ")")


def _checks_import(emitter: ZodEmitter, checks: str) -> str:
    if not emitter.module.checks:
        return ""
    names = sorted(emitter.module.checks)
    line = f"import {{ {', '.join(names)} }} from {typescript_string(checks)};\n"
    if len(line) <= WIDTH + 1:
        return line
    inner = "".join(f"  {name},\n" for name in names)
    return f"import {{\n{inner}}} from {typescript_string(checks)};\n"


@with_room
def python_module(record: Record, type_name: str, head: str) -> str:
    """Write a Python module with the record's class and those that it is made of."""
    emitter = PydanticEmitter()
    emitter.record(record.root, type_name)
    body = "\n\n".join(emitter.module.blocks)
    groups: Sequence[tuple[str, ...]] = (("typing",), ("pydantic",), (CHECKS,))
    imports = []
    for group in groups:
        for module in group:
            names = sorted(emitter.module.imports.get(module, ()))
            if names:
                imports.append(_python_import(module, names))
    return head + "from __future__ import annotations\n\n" + "\n".join(imports) + f"\n\n{body}"


def _python_import(module: str, names: list[str]) -> str:
    line = f"from {module} import {', '.join(names)}\n"
    if len(line) <= WIDTH + 1:
        return line
    return f"from {module} import (\n{''.join(f'    {name},{chr(10)}' for name in names)})\n"
