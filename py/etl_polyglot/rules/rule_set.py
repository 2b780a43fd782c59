"""The business rules of a process, by record schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from etl_polyglot.rules.declared import misdeclared
from etl_polyglot.rules.folder import folder_digest, import_folder
from etl_polyglot.rules.problem import RuleProblem, RulesError
from etl_polyglot.rules.rule import BusinessRule, declarations
from etl_polyglot.schema.registry import SchemaNotFoundError, SchemaRegistry


class RuleSet:
    """Rules, each schema's in the order in which they were declared."""

    def __init__(self, rules: Iterable[BusinessRule] = ()) -> None:
        self._rules: dict[str, list[BusinessRule]] = {}
        for rule in rules:
            self._rules.setdefault(rule.schema, []).append(rule)

    @classmethod
    def load(cls, folder: Path, registry: SchemaRegistry, digest: str | None = None) -> RuleSet:
        """Import the files of a folder and take the rules that they declare.

        Raises RulesError with everything that is wrong: a file that fails, a rule for a schema
        or a member that does not exist, two rules of one name for one schema; or that the files
        are not those of `digest`, where it is given.
        """
        with declarations() as declared:
            problems = import_folder(folder)
        rules = cls(declared)
        problems += _misdeclared(rules._rules, registry)
        if digest is not None and folder_digest(folder) != digest:
            reason = "its files have changed since the server started"
            problems.append(RuleProblem(str(folder), reason, "restart the server"))
        if problems:
            raise RulesError(problems)
        return rules

    def of(self, schema: str) -> tuple[BusinessRule, ...]:
        """Return the rules of a record schema."""
        return tuple(self._rules.get(schema, ()))

    def names(self) -> dict[str, list[str]]:
        """List the rules by schema."""
        return {schema: [rule.name for rule in self._rules[schema]] for schema in self._rules}


def _misdeclared(
    rules: dict[str, list[BusinessRule]], registry: SchemaRegistry
) -> Iterator[RuleProblem]:
    for name, declared in rules.items():
        try:
            schema = registry.get(name)
        except SchemaNotFoundError as error:
            known = f"the schemas are {', '.join(error.known)}"
            for rule in declared:
                yield RuleProblem(rule.place, f"rule {rule.name}: {error}", known)
        else:
            yield from misdeclared(declared, schema)
