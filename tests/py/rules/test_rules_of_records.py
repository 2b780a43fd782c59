"""Rules over one record at a time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from etl_polyglot import rule
from etl_polyglot.schema.registry import SchemaRegistry
from etl_polyglot.schema.rows import columns_of
from etl_polyglot.schema.rule import RuleFailedError
from etl_polyglot.schema.validator import SET_ASIDE, BatchValidator

from .support import judged, refused, user


@rule("user", per="record", message="must not write from work")
def free_mail(record: dict[str, Any]) -> bool:
    """Says whether a user has a mail address of his own."""
    return not str(record["email"]).endswith("@corp.example")


def test_a_record_that_breaks_a_rule_has_its_error_at_the_record_itself() -> None:
    verdict = judged([free_mail], [user(), user(email="a@corp.example")])
    assert verdict.errors == [
        {
            "index": 1,
            "path": "",
            "field": "",
            "code": "business_rule",
            "message": "must not write from work",
            "keyword": "rule",
            "expected": "free_mail",
        }
    ]


def test_a_record_is_what_its_json_was() -> None:
    seen: list[dict[str, Any]] = []

    @rule("user", per="record")
    def look(record: dict[str, Any]) -> bool:
        seen.append(record)
        return True

    rows = [user(tags=["a"], is_active=False), user(age=3)]
    judged([look], rows)
    assert seen == [*rows, *rows]


def test_a_rule_may_change_its_record_without_any_other_seeing_it() -> None:
    @rule("user", per="record")
    def spoils(record: dict[str, Any]) -> bool:
        record["email"] = "x@y.co"
        record["tags"].append("b")
        return True

    rows = [user(email="a@corp.example", tags=["a"])]
    assert refused(judged([spoils, free_mail], rows)) == [(0, "free_mail")]
    assert rows == [user(email="a@corp.example", tags=["a"])]


def test_errors_of_one_record_are_sorted_by_place_and_then_by_rule() -> None:
    @rule("user", per="record", field="id")
    def odd_id(record: dict[str, Any]) -> bool:
        return bool(record["id"] % 2)

    @rule("user", per="record", field="age")
    def zeta(record: dict[str, Any]) -> bool:
        return False

    @rule("user", per="record", field="age")
    def alpha(record: dict[str, Any]) -> bool:
        return False

    rules = [odd_id, zeta, free_mail, alpha]
    verdict = judged(rules, [user(id=2, email="a@corp.example")])
    assert [(error["path"], error["expected"]) for error in verdict.errors] == [
        ("", "free_mail"),
        ("/age", "alpha"),
        ("/age", "zeta"),
        ("/id", "odd_id"),
    ]
    assert "value" not in verdict.errors[1]
    assert verdict.errors[3]["value"] == 2


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (None, "it returned None, not True or False"),
        (1, "it returned a value of type int, not True or False"),
        ("yes", "it returned a value of type str, not True or False"),
    ],
)
def test_what_is_neither_true_nor_false_is_a_failure(answer: Any, reason: str) -> None:
    @rule("user", per="record")
    def odd(record: dict[str, Any]) -> Any:
        return answer

    with pytest.raises(RuleFailedError) as failed:
        judged([odd], [user()])
    assert failed.value.details["reason"] == reason


OPEN = {
    "type": "object",
    "required": ["at", "note"],
    "properties": {
        "at": {"type": "string", "format": "date-time"},
        "note": {"type": ["string", "null"]},
        "any": {"type": ["integer", "string"]},
    },
}


def test_rows_set_aside_as_json_are_judged_whole_and_in_their_order(tmp_path: Path) -> None:
    (tmp_path / "subject.schema.json").write_text(json.dumps(OPEN))
    schema = SchemaRegistry.load(tmp_path).get("subject")
    frames: list[Any] = []
    records: list[Any] = []

    @rule("subject")
    def frame_rule(frame: Any) -> Any:
        frames.append(frame)
        return frame["at"].dt.year < 2025

    @rule("subject", per="record", field="extra")
    def record_rule(record: dict[str, Any]) -> bool:
        records.append(record)
        return record.get("extra") != "bad"

    rows = [
        {"at": "2024-01-01T00:00:00Z", "note": "x", "any": 1},
        {"at": "2025-01-01T00:00:00Z", "note": None, "extra": "bad"},
        {"at": "2024-01-01T00:00:00Z", "note": "y", "any": "z"},
        {"at": "2024-01-01T00:00:00Z", "note": "y", "extra": [1]},
    ]
    fitting = [rows[0], {}, rows[2], {}]
    aside = [None, json.dumps(rows[1]), None, json.dumps(rows[3])]
    batch = columns_of(schema, fitting).append_column(SET_ASIDE, pa.array(aside, pa.string()))
    verdict = BatchValidator(schema, [frame_rule, record_rule]).validate(batch, 10)
    assert refused(verdict) == [(11, "frame_rule"), (11, "record_rule")]
    assert verdict.errors[1]["path"] == "/extra"
    assert verdict.errors[1]["value"] == "bad"
    assert frames[0]["note"].tolist()[0] == "x"
    assert frames[0]["at"].dt.year.tolist() == [2024, 2025, 2024, 2024]
    assert records == rows
