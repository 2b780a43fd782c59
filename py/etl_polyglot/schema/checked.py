"""Schema files that were read and parsed, each with all that is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from etl_polyglot.generated.formats import FORMATS
from etl_polyglot.schema.ir import Record
from etl_polyglot.schema.load import SUFFIX, load_source, schema_files
from etl_polyglot.schema.names import module_name, record_type_name
from etl_polyglot.schema.parse import parse_record
from etl_polyglot.schema.problem import Problem, SchemaError


@dataclass(frozen=True, slots=True)
class Checked:
    """A schema file: its record, which is None where it has problems."""

    path: Path
    record: Record | None
    problems: tuple[Problem, ...]


def check_file(path: Path) -> Checked:
    """Read and parse one schema file."""
    try:
        return Checked(path, parse_record(load_source(path), FORMATS), ())
    except SchemaError as exc:
        return Checked(path, None, exc.problems)


def check_folder(folder: Path) -> list[Checked]:
    """Read and parse every `NAME.schema.json` of a folder.

    A folder that is not there, or has none, stands for itself with its problem.
    """
    try:
        paths = schema_files(folder)
    except OSError as exc:
        return [_without_schemas(folder, f"cannot be read as a folder: {exc.strerror}", "")]
    if not paths:
        near = next(iter(sorted(folder.glob("*.json"))), None)
        renamed = "" if near is None else f", as {near.stem}{SUFFIX} in place of {near.name}"
        return [_without_schemas(folder, f"has no NAME{SUFFIX}", renamed)]
    return _told_apart([check_file(path) for path in paths])


def _without_schemas(folder: Path, reason: str, more: str) -> Checked:
    problem = Problem("", reason, f"put schemas there{more}, or name another folder", folder)
    return Checked(folder, None, (problem,))


def _told_apart(checked: Sequence[Checked]) -> list[Checked]:
    """Refuse a schema whose names in code are those of another."""
    holders: dict[str, Path] = {}
    result = []
    for one in checked:
        if one.record is not None:
            name = one.record.name
            for taken in (record_type_name(name), module_name(name)):
                holder = holders.setdefault(taken, one.path)
                if holder != one.path:
                    reason = f"its name in code, {taken}, is that of {holder.name} too"
                    problem = Problem("", reason, "rename one of the two files", one.path)
                    one = replace(one, record=None, problems=(problem,))
                    break
        result.append(one)
    return result
