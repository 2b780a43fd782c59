"""Users, and how these tests have them judged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from etl_polyglot.rules.rule import BusinessRule
from etl_polyglot.schema.registry import SchemaRegistry
from etl_polyglot.schema.validator import BatchValidator, Verdict

REGISTRY = SchemaRegistry.load(Path(__file__).parents[3] / "shared-schemas" / "records")
USERS = REGISTRY.get("user")


def user(**members: Any) -> dict[str, Any]:
    """A user that the schema accepts, if the members are good."""
    known = {"id": 1, "email": "a@b.co", "name": "Ada", "created_at": "2024-01-01T00:00:00Z"}
    return known | members


def judged(rules: list[BusinessRule], rows: list[dict[str, Any]]) -> Verdict:
    """What rows get in columns, which is what they get as rows."""
    by_rows = BatchValidator(USERS, rules).validate_rows(rows, 0)
    columns = BatchValidator(USERS).to_columns(rows)
    by_columns = BatchValidator(USERS, rules).validate(columns, 0)
    assert by_columns.errors == by_rows.errors
    return by_columns


def refused(verdict: Verdict) -> list[tuple[int, str]]:
    """The index of each error, and the rule or keyword."""
    return [
        (one["index"], one["expected"] if one["keyword"] == "rule" else one["keyword"])
        for one in verdict.errors
    ]
