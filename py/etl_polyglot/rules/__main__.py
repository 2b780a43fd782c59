"""`python -m etl_polyglot.rules`: says what is wrong with a folder of business rules, as JSON."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from etl_polyglot.rules.folder import folder_digest
from etl_polyglot.rules.problem import RulesError
from etl_polyglot.rules.rule_set import RuleSet
from etl_polyglot.schema.registry import SchemaRegistry


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m etl_polyglot.rules", description=__doc__)
    parser.add_argument("--dir", type=Path, required=True, help="folder of the rules")
    parser.add_argument("--schema-dir", type=Path, required=True, help="folder of the schemas")
    parser.add_argument("--cache", type=Path, required=True, help="where schemas were compiled to")
    options = parser.parse_args(arguments)
    # What the operator's files print must not get into the answer.
    answer = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    registry = SchemaRegistry.load(options.schema_dir, options.cache)
    try:
        rules = RuleSet.load(options.dir, registry).names()
        found = {"problems": [], "rules": rules, "digest": folder_digest(options.dir)}
    except RulesError as error:
        found = {"problems": [str(problem) for problem in error.problems]}
    with os.fdopen(answer, "w", encoding="utf-8") as file:
        json.dump(found, file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
