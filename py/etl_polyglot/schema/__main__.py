"""`python -m etl_polyglot.schema`: generate the built-in sources, compile users' schemas."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from etl_polyglot.schema.generate import differences, generate
from etl_polyglot.schema.problem import SchemaError


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code (1: stale files, 2: a schema's problems)."""
    parser = argparse.ArgumentParser(prog="python -m etl_polyglot.schema", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    generating = commands.add_parser("generate", help="write the generated sources")
    generating.add_argument("--check", action="store_true", help="only say what is out of date")
    compiling = commands.add_parser("compile", help="compile a folder of schemas to a cache")
    compiling.add_argument("--dir", type=Path, required=True, help="folder of NAME.schema.json")
    compiling.add_argument("--cache", type=Path, required=True, help="where modules are written")
    compiling.add_argument("--zod", required=True, help="URL that Zod modules import zod from")
    compiling.add_argument("--checks", required=True, help="URL of the named checks")
    compiling.add_argument("--json", action="store_true", help="print the manifest")
    checking = commands.add_parser("check", help="say what is wrong with schemas, as JSON lines")
    checking.add_argument("paths", nargs="+", type=Path, metavar="FOLDER|FILE")
    testing = commands.add_parser("conformance", help="run test-suite files, as JSON lines")
    testing.add_argument("files", nargs="+", metavar="FILE")
    testing.add_argument("--cache", type=Path, required=True, help="where modules are written")
    testing.add_argument("--zod", required=True, help="URL that Zod modules import zod from")
    testing.add_argument("--checks", required=True, help="URL of the named checks")
    testing.add_argument("--errors", action="store_true", help="give the error records too")
    options = parser.parse_args(arguments)
    try:
        if options.command == "generate":
            return _generate(options.check)
        if options.command == "conformance":
            return _conformance(options)
        if options.command == "check":
            return _check(options.paths)
        return _compile(options)
    except SchemaError as exc:
        print(exc, file=sys.stderr)
        return 2


def _generate(check: bool) -> int:
    if not check:
        for difference in generate():
            print(f"{difference.path}: was {difference.state}")
        return 0
    found = differences()
    for difference in found:
        print(f"{difference.path}: {difference.state}; run npm run generate", file=sys.stderr)
    return 1 if found else 0


def _compile(options: argparse.Namespace) -> int:
    # Imports generated code, which `generate` must do without.
    from etl_polyglot.schema.compile import JavaScript, compile_folder, manifest

    compiled = compile_folder(options.dir, options.cache, JavaScript(options.zod, options.checks))
    if options.json:
        json.dump(manifest(compiled), sys.stdout, ensure_ascii=False)
        print()
    else:
        for one in compiled:
            print(f"{one.record.name}: {one.zod_module or 'built in'}")
    return 0


def _check(paths: list[Path]) -> int:
    from etl_polyglot.schema.checked import check_file, check_folder

    checked = [
        one
        for path in paths
        for one in (check_folder(path) if path.is_dir() else [check_file(path)])
    ]
    for one in checked:
        problems = [
            {"pointer": found.pointer, "reason": found.reason, "instead": found.instead}
            for found in one.problems
        ]
        print(json.dumps({"file": str(one.path), "valid": not problems, "problems": problems}))
    return 2 if any(one.problems for one in checked) else 0


def _conformance(options: argparse.Namespace) -> int:
    from etl_polyglot.schema.compile import JavaScript
    from etl_polyglot.schema.conformance import Options, UnreadableFileError, run

    chosen = Options(options.cache, JavaScript(options.zod, options.checks), errors=options.errors)
    try:
        for path in options.files:
            for line in run(path, chosen):
                print(json.dumps(line))
    except UnreadableFileError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
