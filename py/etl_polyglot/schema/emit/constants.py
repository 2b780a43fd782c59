"""What both languages share beside schemas, as source: protocol, errors, catalogue, formats."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from etl_polyglot.schema.emit.modules import header
from etl_polyglot.schema.emit.python_source import docstring, python_value
from etl_polyglot.schema.emit.typescript_source import doc_comment, typescript_value
from etl_polyglot.schema.names import typescript_key

FUTURE = "from __future__ import annotations\n"

Emitted = tuple[str, str]
"""A module's text in TypeScript and in Python, without the header."""


def constants(name: str, document: Mapping[str, Any], source: str) -> Emitted:
    """Write `protocol`, `errors`, `validation` or `formats` as (TypeScript, Python) source."""
    typescript, python = _WRITERS[name](document)
    about = document["$comment"]
    return (
        f"{header(source, '//')}\n{doc_comment(about, '')}{typescript}",
        f"{header(source, '#')}{docstring(about, '')}\n{FUTURE}{python}",
    )


def _protocol(document: Mapping[str, Any]) -> Emitted:
    values = {name: value for name, value in document.items() if name != "$comment"}
    typescript = "".join(f"  {_camel(name)}: {value},\n" for name, value in values.items())
    python = "".join(f"{name.upper()} = {value}\n" for name, value in values.items())
    return f"export const PROTOCOL = {{\n{typescript}}} as const;\n", f"\n{python}"


def _errors(document: Mapping[str, Any]) -> Emitted:
    table = {
        error["code"]: {name: value for name, value in error.items() if name != "code"}
        for error in document["errors"]
    }
    typescript = (
        f"export const ERRORS = {_typescript_table(table)} as const;\n\n"
        "export type ErrorCode = keyof typeof ERRORS;\n\n"
        "export interface ErrorEntry {\n"
        "  /** The HTTP status; null for a job's own failure. */\n"
        "  readonly status: number | null;\n"
        "  /** Whether the same request may succeed later. */\n"
        "  readonly retryable: boolean;\n"
        "  readonly title: string;\n"
        "  /** The template of the text for a caller, with {named} places. */\n"
        "  readonly detail: string;\n"
        "}\n"
    )
    python = (
        _python_table(
            "ErrorEntry",
            {"status": "int | None", "retryable": "bool", "title": "str", "detail": "str"},
        )
        + f"\n\nERRORS: dict[str, ErrorEntry] = {_python_entries(table)}\n"
    )
    return typescript, python


def _validation(document: Mapping[str, Any]) -> Emitted:
    typescript, python = "", _python_table("CatalogueEntry", {"code": "str", "message": "str"})
    for name in ("keywords", "stages", "rules"):
        constant = name.upper()
        table = document[name]
        typescript += f"export const {constant} = {_typescript_table(table)} as const;\n\n"
        python += f"\n\n{constant}: dict[str, CatalogueEntry] = {_python_entries(table)}\n"
    return typescript + "export type Keyword = keyof typeof KEYWORDS;\n", python


def _formats(document: Mapping[str, Any]) -> Emitted:
    formats = document["formats"]
    typescript, python = "export const FORMATS = {\n", "\nFORMATS: dict[str, str] = {\n"
    for name, entry in formats.items():
        typescript += doc_comment(entry["note"], "  ")
        typescript += f"  {typescript_key(name)}: {typescript_value(entry['pattern'])},\n"
        python += f"    # {entry['note']}\n    {python_value(name)}: {_raw(entry['pattern'])},\n"
    typescript += "} as const;\n\nexport type FormatName = keyof typeof FORMATS;\n"
    python += "}\n"
    for word, about in (
        ("check", "The function that judges what matches the pattern, where there is one."),
        ("doubt", "The texts that need that function."),
    ):
        table = {name: entry[word] for name, entry in formats.items() if word in entry}
        members = "".join(
            f"  {typescript_key(name)}: {typescript_value(text)},\n" for name, text in table.items()
        )
        typescript += f"\n{doc_comment(about, '')}"
        typescript += f"export const FORMAT_{word.upper()}S = {{\n{members}}} as const;\n"
        members = "".join(f"    {python_value(name)}: {_raw(table[name])},\n" for name in table)
        python += f"\nFORMAT_{word.upper()}S: dict[str, str] = {{\n{members}}}\n"
        python += f'"""{about}"""\n'
    words = document["unicode_properties"]
    about = doc_comment("What `\\p{…}` may name in an expression of the format regex.", "")
    names = typescript_value(words)
    typescript += f"\n{about}export const UNICODE_PROPERTIES = {names} as const;\n"
    members = "".join(
        f"    {python_value(name)}: frozenset(\n"
        f"        {python_value(' '.join(words[name]))}.split()\n    ),\n"
        for name in words
    )
    python += f"\nUNICODE_PROPERTIES: dict[str, frozenset[str]] = {{\n{members}}}\n"
    return typescript, python


def _idna(document: Mapping[str, Any]) -> Emitted:
    sets = {name: text for name, text in document.items() if name != "$comment"}
    typescript = "".join(f"  {_camel(name)}: {typescript_value(sets[name])},\n" for name in sets)
    python = "".join(f"    {python_value(name)}: {python_value(sets[name])},\n" for name in sets)
    return (
        f"export const IDNA = {{\n{typescript}}} as const;\n",
        f"\nIDNA: dict[str, str] = {{\n{python}}}\n",
    )


_WRITERS: dict[str, Callable[[Mapping[str, Any]], Emitted]] = {
    "protocol": _protocol,
    "errors": _errors,
    "validation": _validation,
    "formats": _formats,
    "idna": _idna,
}


def _raw(pattern: str) -> str:
    return python_value(pattern) if '"' in pattern or "\\" not in pattern else f'r"{pattern}"'


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _typescript_table(table: Mapping[str, Mapping[str, Any]]) -> str:
    lines = ""
    for name, entry in table.items():
        members = "".join(f"    {key}: {typescript_value(entry[key])},\n" for key in entry)
        lines += f"  {typescript_key(name)}: {{\n{members}  }},\n"
    return f"{{\n{lines}}}"


def _python_table(name: str, fields: Mapping[str, str]) -> str:
    members = "".join(f"    {field}: {kind}\n" for field, kind in fields.items())
    return f"\nfrom typing import TypedDict\n\n\nclass {name}(TypedDict):\n{members}"


def _python_entries(table: Mapping[str, Mapping[str, Any]]) -> str:
    lines = ""
    for name, entry in table.items():
        members = "".join(f'        "{key}": {python_value(entry[key])},\n' for key in entry)
        lines += f"    {python_value(name)}: {{\n{members}    }},\n"
    return f"{{\n{lines}}}"
