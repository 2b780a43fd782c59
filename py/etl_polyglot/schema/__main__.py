"""`python -m etl_polyglot.schema generate [--check]`."""

from __future__ import annotations

import argparse
import sys

from etl_polyglot.schema.generate import differences, generate
from etl_polyglot.schema.problem import SchemaError


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code (1: stale files, 2: a schema's problems)."""
    parser = argparse.ArgumentParser(prog="python -m etl_polyglot.schema", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    generating = commands.add_parser("generate", help="write the generated sources")
    generating.add_argument("--check", action="store_true", help="only say what is out of date")
    options = parser.parse_args(arguments)
    try:
        return _generate(options.check)
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


if __name__ == "__main__":
    sys.exit(main())
