"""Loads the operator's own Python as every worker does; run as a module, it is the check of it.

`python -m etl_polyglot.worker.extensions` says what is wrong with a folder, or what it holds, as
one JSON object on stdout.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

from etl_polyglot.extensions.declarations import declarations
from etl_polyglot.extensions.folder import folder_digest, import_folder
from etl_polyglot.extensions.problem import ExtensionProblem, ExtensionsError
from etl_polyglot.functions.function import Function
from etl_polyglot.functions.function_set import FunctionSet
from etl_polyglot.rules.rule import BusinessRule
from etl_polyglot.rules.rule_set import RuleSet
from etl_polyglot.schema.registry import SchemaRegistry


@dataclass(frozen=True)
class Extensions:
    """What a worker has of rules and functions."""

    rules: RuleSet = field(default_factory=RuleSet)
    functions: FunctionSet = field(default_factory=FunctionSet)

    @classmethod
    def load(cls, folder: Path, registry: SchemaRegistry, digest: str | None = None) -> Extensions:
        """Import the files of a folder and take the rules and functions that they declare.

        Raises:
            ExtensionsError: with everything that is wrong: a file that fails, a rule or function
                that cannot be used; or that the files are not those of `digest`, if it is given.
        """
        with declarations() as declared:
            problems = import_folder(folder)
        rules = RuleSet(one for one in declared if isinstance(one, BusinessRule))
        functions = FunctionSet((one for one in declared if isinstance(one, Function)), folder)
        problems += [*rules.problems(registry), *functions.problems]
        if digest is not None and folder_digest(folder) != digest:
            reason = "its files have changed since the server started"
            problems.append(ExtensionProblem(str(folder), reason, "restart the server"))
        if problems:
            raise ExtensionsError(problems)
        return cls(rules, functions)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m etl_polyglot.worker.extensions")
    parser.add_argument("--dir", type=Path, required=True, help="folder of the operator's Python")
    parser.add_argument("--schema-dir", type=Path, required=True, help="folder of the schemas")
    parser.add_argument("--cache", type=Path, required=True, help="where schemas were compiled to")
    options = parser.parse_args(arguments)
    # What the operator's files print must not get into the answer.
    answer = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    registry = SchemaRegistry.load(options.schema_dir, options.cache)
    try:
        loaded = Extensions.load(options.dir, registry)
        found: dict[str, object] = {
            "rules": loaded.rules.names(),
            "functions": loaded.functions.own_names(),
            "digest": folder_digest(options.dir),
        }
    except ExtensionsError as error:
        found = {"problems": [str(problem) for problem in error.problems]}
    with os.fdopen(answer, "w", encoding="utf-8") as file:
        json.dump(found, file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
