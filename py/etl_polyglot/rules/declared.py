"""What is wrong with the rules of one schema as they are declared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from etl_polyglot.extensions.problem import ExtensionProblem
from etl_polyglot.rules.rule import BusinessRule
from etl_polyglot.schema.profile import suggestion
from etl_polyglot.schema.record import RecordSchema


def misdeclared(rules: Iterable[BusinessRule], schema: RecordSchema) -> Iterator[ExtensionProblem]:
    """Yield each rule that has the name of another, or a field that the schema has not.

    Errors call rules by their names, and so two of one name would be told as one.
    """
    members = [column.name for column in schema.columns]
    seen: dict[str, BusinessRule] = {}
    for rule in rules:
        first = seen.setdefault(rule.name, rule)
        if first is not rule:
            reason = f"{schema.name} has a rule {rule.name} already, at {first.place}"
            yield ExtensionProblem(rule.place, reason, "give the function another name")
        if rule.field is not None and schema.closed and rule.field not in members:
            near = suggestion(rule.field, members)
            meant = f"; did you mean {near}?" if near else ""
            reason = f"rule {rule.name}: {schema.name} has no member {rule.field}{meant}"
            yield ExtensionProblem(rule.place, reason, f"its members are {', '.join(members)}")
