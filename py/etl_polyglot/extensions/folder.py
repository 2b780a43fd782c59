"""Imports an operator's own Python files, and says where one of them fails."""

from __future__ import annotations

import hashlib
import importlib
import os
import sys
import traceback
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from pathlib import Path

from etl_polyglot.extensions.problem import ExtensionProblem

_SUFFIX = ".py"


def import_folder(folder: Path) -> list[ExtensionProblem]:
    """Import every `*.py` of a folder in name order; returns what is wrong with those that fail.

    The files are modules of one package, whatever other modules are called: they import each
    other by `from .other import …`. Tests, by the names that pytest knows them by, are let be.
    """
    try:
        names = sorted(path.name for path in folder.iterdir() if _is_module(path.name))
    except OSError as error:
        reason = f"the folder cannot be read ({error.strerror})"
        return [ExtensionProblem(str(folder), reason, "name a folder that can, or none")]
    package = _package(folder)
    return list(_failures(package, folder, names))


def folder_digest(folder: Path) -> str:
    """Return a digest of the Python files of a folder, those in its own folders as well.

    Tests do not count.
    """
    digest = hashlib.sha256()
    for path in sorted(folder.rglob(f"*{_SUFFIX}")):
        if path.is_file() and not _is_test(path.name):
            name = os.fsencode(path.relative_to(folder))
            digest.update(b"%b\0%b\0" % (name, hashlib.sha256(path.read_bytes()).digest()))
    return digest.hexdigest()


def _is_module(name: str) -> bool:
    is_code = name.endswith(_SUFFIX) and not name.startswith((".", "__"))
    return is_code and not _is_test(name)


def _is_test(name: str) -> bool:
    return name.startswith("test_") or name == f"conftest{_SUFFIX}"


def _package(folder: Path) -> str:
    """Make a package without code of its own, whose modules lie in the folder."""
    name = f"etl_python_{hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]}"
    spec = ModuleSpec(name, None, is_package=True)
    spec.submodule_search_locations = [str(folder)]
    sys.modules[name] = module_from_spec(spec)
    return name


def _failures(package: str, folder: Path, names: list[str]) -> Iterator[ExtensionProblem]:
    for name in names:
        try:
            importlib.import_module(f"{package}.{name.removesuffix(_SUFFIX)}")
        except (Exception, SystemExit) as error:  # noqa: BLE001 - all that a file may raise
            yield _import_problem(folder, folder / name, error)


def _import_problem(folder: Path, file: Path, error: BaseException) -> ExtensionProblem:
    instead = "mend the file, or move it out of the folder"
    if isinstance(error, SyntaxError) and error.filename is not None:
        place = f"{error.filename}:{error.lineno}"
        return ExtensionProblem(place, f"{type(error).__name__}: {error.msg}", instead)
    if isinstance(error, ModuleNotFoundError) and (folder / f"{error.name}{_SUFFIX}").is_file():
        instead = f"write from .{error.name} import …"
    own = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).parent == folder
    ]
    place = f"{own[-1].filename}:{own[-1].lineno}" if own else str(file)
    return ExtensionProblem(place, f"{type(error).__name__}: {error}", instead)
