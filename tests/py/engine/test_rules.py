"""What business rules do to a job."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from etl_polyglot import rule
from etl_polyglot.engine import pipeline

from .support import RunJob

HEADER = "id,name,score,active,tags\n"
GOOD = HEADER + "".join(f"{n},n{n},{n}.5,,\n" for n in range(1, 41))


@rule("item", field="score")
def cheap(frame: pd.DataFrame) -> Any:
    """must cost less than 30"""
    return frame["score"] < 30


@rule("item", per="record")
def no_ten(record: dict[str, Any]) -> bool:
    return bool(record["id"] % 10)


RULES = [cheap, no_ten]


def test_strict_publishes_nothing_when_a_rule_is_broken(job: RunJob) -> None:
    ended = job(GOOD, rules=[cheap])
    assert ended.code == "VALIDATION_FAILED"
    assert ended.counts == {"read": 40, "rejected": 11}
    assert [reject["index"] for reject in ended.rejects] == list(range(29, 40))


@pytest.mark.parametrize("chunk_bytes", [60, 100_000])
@pytest.mark.parametrize("batch_size", [3, 65_536])
def test_lenient_rejects_what_breaks_rules_and_publishes_the_others(
    job: RunJob, chunk_bytes: int, batch_size: int
) -> None:
    source = GOOD.replace("35,n35", "0,n35")
    ended = job(
        source,
        rules=RULES,
        validation_mode="lenient",
        chunk_bytes=chunk_bytes,
        batch_size=batch_size,
    )
    assert ended.counts == {"read": 40, "written": 27, "rejected": 13}
    assert [row["id"] for row in ended.rows] == [n for n in range(1, 30) if n % 10]
    told = [(one["index"], one["path"], one["expected"]) for one in ended.rejects]
    # The schema refuses record 34, so that no rule is asked about it.
    assert (34, "/id", 1) in told
    assert [one for one in told if one[0] == 39] == [(39, "", "no_ten"), (39, "/score", "cheap")]
    assert [one[0] for one in told] == sorted(one[0] for one in told)
    first = next(one for one in ended.rejects if one["expected"] == "cheap")
    assert first == {
        "index": 29,
        "path": "/score",
        "field": "score",
        "code": "business_rule",
        "message": "must cost less than 30",
        "keyword": "rule",
        "expected": "cheap",
        "value": 30.5,
        "source": first["source"],
        "line": 31,
        "byte_offset": first["byte_offset"],
        "raw": "30,n30,30.5,,",
        "stage": "validate",
    }


def test_a_chunk_that_is_judged_in_parts_keeps_the_places_of_its_records(job: RunJob) -> None:
    dear = (9, 20_001, 39_999)
    lines = (f"{n % 500 + 1},{n},{40 if n in dear else 1},,\n" for n in range(40_000))
    source = HEADER + "".join(lines)
    ended = job(source, rules=[cheap], validation_mode="lenient")
    assert ended.counts == {"read": 40_000, "written": 39_997, "rejected": 3}
    assert [(one["index"], one["raw"]) for one in ended.rejects] == [
        (n, f"{n % 500 + 1},{n},40,,") for n in dear
    ]


def test_skip_asks_no_rule(job: RunJob) -> None:
    ended = job(GOOD, rules=RULES, validation_mode="skip")
    assert ended.counts == {"read": 40, "written": 40}


def test_rules_judge_where_validation_stands(job: RunJob) -> None:
    @rule("item")
    def composed(frame: pd.DataFrame) -> Any:
        return frame["name"] == "n"

    source = HEADER + '1," n ",,,\n2,n,,,\n'
    steps = ["normalize", "validate"]
    assert job(source, rules=[composed], validation_mode="lenient").counts["rejected"] == 1
    ended = job(source, rules=[composed], validation_mode="lenient", transformations=steps)
    assert ended.counts == {"read": 2, "written": 2}


def test_a_rule_that_answers_otherwise_when_asked_again_is_asked_once(job: RunJob) -> None:
    asked: list[int] = []

    @rule("item")
    def fickle(frame: pd.DataFrame) -> Any:
        asked.append(len(frame))
        return frame["id"] > (20 if len(asked) == 1 else 0)

    ended = job(GOOD, rules=[fickle], validation_mode="lenient")
    assert asked == [40]
    assert ended.counts == {"read": 40, "written": 20, "rejected": 20}
    assert [reject["index"] for reject in ended.rejects] == list(range(20))


def test_a_rule_without_a_verdict_fails_the_job(job: RunJob) -> None:
    @rule("item")
    def broken(frame: pd.DataFrame) -> Any:
        return frame["price"] > 1

    ended = job(GOOD, rules=[broken], validation_mode="lenient")
    assert ended.code == "RULE_FAILED"
    assert ended.error is not None
    assert ended.error.details == {
        "rule": "broken",
        "schema": "item",
        "file": Path(__file__).name,
        "line": broken.line,
        "reason": f"it raised KeyError at line {broken.line + 2}",
    }
    assert ended.counts == {}


def test_a_rule_that_does_not_end_makes_the_job_silent_so_that_its_worker_is_replaced(
    job: RunJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "CHUNK_PATIENCE_SECONDS", 0.5)
    told: list[float] = []

    @rule("item")
    def slow(frame: pd.DataFrame) -> Any:
        time.sleep(2)
        return frame["id"] > 0

    ended = job(GOOD, rules=[slow], on_event=lambda _: told.append(time.monotonic()))
    assert ended.counts == {"read": 40, "written": 40}
    assert max(later - sooner for sooner, later in pairwise(told)) > 1.2
