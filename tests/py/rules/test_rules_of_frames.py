"""Rules over a frame: what they are shown, and what their masks do."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from etl_polyglot import rule
from etl_polyglot.schema.rule import RuleFailedError
from etl_polyglot.schema.validator import BatchValidator

from .support import USERS, judged, refused, user

SECRET = "hunter2"


@rule("user", field="age")
def adults_only(frame: pd.DataFrame) -> Any:
    """must be of age

    Whoever is younger is no customer.
    """
    return frame["age"] >= 18


def test_a_row_that_breaks_a_rule_is_invalid_and_says_which() -> None:
    verdict = judged([adults_only], [user(age=18), user(age=17)])
    assert verdict.valid is not None
    assert verdict.valid.tolist() == [True, False]
    assert verdict.errors == [
        {
            "index": 1,
            "path": "/age",
            "field": "age",
            "code": "business_rule",
            "message": "must be of age",
            "keyword": "rule",
            "expected": "adults_only",
            "value": 17,
        }
    ]


def test_a_missing_value_keeps_the_rule_as_in_a_check_of_sql() -> None:
    assert judged([adults_only], [user()]).valid is None


def test_a_rule_sees_only_rows_that_the_schema_accepts() -> None:
    seen: list[list[int]] = []

    @rule("user")
    def nobody(frame: pd.DataFrame) -> Any:
        seen.append(frame["id"].tolist())
        return frame["id"] < 0

    rows = [user(id=0), user(id=1, age=-3), user(id=2), user(id=3)]
    verdict = judged([nobody], rows)
    assert refused(verdict) == [(0, "minimum"), (1, "minimum"), (2, "nobody"), (3, "nobody")]
    assert seen == [[2, 3], [2, 3]]
    assert verdict.broken[0].rows.tolist() == [False, False, True, True]


def test_no_rule_is_asked_when_no_row_is_left() -> None:
    @rule("user")
    def never(frame: pd.DataFrame) -> Any:
        raise AssertionError("asked")

    assert refused(judged([never], [user(id=0)])) == [(0, "minimum")]


def test_a_frame_has_the_columns_of_outputs() -> None:
    frames: list[pd.DataFrame] = []

    @rule("user")
    def look(frame: pd.DataFrame) -> Any:
        frames.append(frame)
        return np.ones(len(frame), bool)

    judged([look], [user(tags=["a"])])
    for frame in frames:
        assert frame.columns.tolist() == USERS.output_schema.names
        assert frame["created_at"].dtype == pd.ArrowDtype(pa.timestamp("us", "UTC"))
        assert frame["created_at"][0] == pd.Timestamp("2024-01-01", tz="UTC")
        assert list(frame["tags"][0]) == ["a"]


def test_a_rule_may_change_its_frame_without_any_other_seeing_it() -> None:
    @rule("user")
    def spoils(frame: pd.DataFrame) -> Any:
        frame["age"] = 99
        frame.loc[0, "id"] = 7
        return frame["age"] > 0

    rows = [user(age=3)]
    assert refused(judged([spoils, adults_only], rows)) == [(0, "adults_only")]
    assert rows == [user(age=3)]


@pytest.mark.parametrize(
    "mask",
    [
        np.array([True, False]),
        pd.array([True, False]),
        pd.Series([True, False]),
        pd.Series([None, False], dtype=object),
        pd.Series([True, False], dtype=pd.ArrowDtype(pa.bool_())),
    ],
    ids=lambda mask: type(mask).__name__,
)
def test_a_mask_may_be_of_any_boolean_kind(mask: Any) -> None:
    @rule("user")
    def some(frame: pd.DataFrame) -> Any:
        return mask

    assert refused(judged([some], [user(), user()])) == [(1, "some")]


def relabelled(frame: pd.DataFrame) -> Any:
    frame.index = pd.Index([1, 0])
    return frame["age"] > 3


class UnprintableError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text")


def raises(error: BaseException) -> Any:
    raise error


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (lambda frame: None, "it returned None, not a boolean mask such as frame['age'] >= 18"),
        (lambda frame: True, "it returned a value of type bool, not a boolean mask"),
        (
            lambda frame: frame[["age"]] > 1,
            "it returned a value of type DataFrame, not a boolean mask",
        ),
        (lambda frame: (frame["age"] > 1)[:1], "a mask of 1 rows for a frame of 2"),
        (lambda frame: np.ones(3, bool), "a mask of 3 rows for a frame of 2"),
        (lambda frame: frame["age"], "it returned a mask of int64; its flags must be boolean"),
        (lambda frame: frame["name"] + "?", "it returned a mask of string"),
        (lambda frame: pd.Series([True, "no"]), "it returned a mask that is not boolean"),
        (lambda frame: np.ones((2, 1), bool), "it returned a mask that is not boolean"),
        (
            lambda frame: frame.sort_values("age", ascending=False)["age"] > 3,
            "it returned a mask with an index that is not the frame's",
        ),
        (
            relabelled,
            "it returned a mask with an index that is not the frame's",
        ),
        (lambda frame: frame["agee"] > 1, "it raised KeyError at line "),
        (lambda frame: exit(3), "it raised SystemExit at line "),
        (lambda frame: raises(UnprintableError()), "it raised UnprintableError at line "),
        (lambda frame: raises(GeneratorExit()), "it raised GeneratorExit at line "),
    ],
)
def test_what_is_no_verdict_is_a_failure_and_never_a_pass(answer: Any, reason: str) -> None:
    @rule("user")
    def odd(frame: pd.DataFrame) -> Any:
        return answer(frame)

    with pytest.raises(RuleFailedError) as failed:
        judged([odd], [user(age=1), user(age=2)])
    assert reason in failed.value.details["reason"]
    assert failed.value.details["rule"] == "odd"
    assert failed.value.details["schema"] == "user"
    assert failed.value.details["file"] == "test_rules_of_frames.py"
    assert str(failed.value).startswith("The rule odd of user (test_rules_of_frames.py:")
    assert failed.value.__cause__ is not None


@pytest.mark.parametrize(
    "answer",
    [
        lambda frame: raises(ValueError(f"password={SECRET}")),
        lambda frame: pd.Series([True, SECRET]),
        lambda frame: pd.Series([{SECRET: "A" * 500}] * 2),
    ],
)
def test_what_a_rule_raises_is_told_to_the_log_alone_as_it_may_quote_data(answer: Any) -> None:
    @rule("user")
    def talks(frame: pd.DataFrame) -> Any:
        return answer(frame)

    with pytest.raises(RuleFailedError) as failed:
        judged([talks], [user(), user()])
    assert SECRET not in str(failed.value)
    assert SECRET not in json.dumps(failed.value.details)
    assert len(failed.value.details["reason"]) <= 201


def test_an_interrupt_is_the_rules_in_a_thread_and_the_processs_in_its_main_one() -> None:
    @rule("user")
    def interrupts(frame: pd.DataFrame) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        judged([interrupts], [user()])
    with ThreadPoolExecutor(1) as pool, pytest.raises(RuleFailedError, match="KeyboardInterrupt"):
        pool.submit(judged, [interrupts], [user()]).result()


def test_a_mask_of_nothing_but_na_keeps_the_rule() -> None:
    @rule("user")
    def unknown(frame: pd.DataFrame) -> Any:
        return pd.Series([pd.NA] * len(frame), dtype=object)

    assert judged([unknown], [user()]).valid is None


def test_errors_are_told_up_to_a_limit_and_flags_for_all() -> None:
    validator = BatchValidator(USERS, [adults_only])
    rows = [user(age=1), user(id=0), user(age=2), user(age=20), user(id=0)]
    for most, told in [(0, []), (1, [0]), (2, [0, 1]), (3, [0, 1, 2]), (None, [0, 1, 2, 4])]:
        verdict = validator.validate_rows(rows, 0, most)
        assert [error["index"] for error in verdict.errors] == told
        assert verdict.valid is not None
        assert verdict.valid.tolist() == [False, False, False, True, False]
