"""The business rules of a process, by record schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from etl_polyglot.extensions.problem import ExtensionProblem
from etl_polyglot.rules.declared import misdeclared
from etl_polyglot.rules.rule import BusinessRule
from etl_polyglot.schema.registry import SchemaNotFoundError, SchemaRegistry


class RuleSet:
    """Rules, each schema's in the order in which they were declared."""

    def __init__(self, rules: Iterable[BusinessRule] = ()) -> None:
        self._rules: dict[str, list[BusinessRule]] = {}
        for rule in rules:
            self._rules.setdefault(rule.schema, []).append(rule)

    def of(self, schema: str) -> tuple[BusinessRule, ...]:
        """Return the rules of a record schema."""
        return tuple(self._rules.get(schema, ()))

    def names(self) -> dict[str, list[str]]:
        """List the rules by schema."""
        return {schema: [rule.name for rule in self._rules[schema]] for schema in self._rules}

    def problems(self, registry: SchemaRegistry) -> Iterator[ExtensionProblem]:
        """Yield what keeps them from being used.

        That is a rule for a schema or a member that does not exist, and two rules of one name
        for one schema.
        """
        for name, declared in self._rules.items():
            try:
                schema = registry.get(name)
            except SchemaNotFoundError as error:
                known = f"the schemas are {', '.join(error.known)}"
                for rule in declared:
                    yield ExtensionProblem(rule.place, f"rule {rule.name}: {error}", known)
            else:
                yield from misdeclared(declared, schema)
