"""Business rules are asked about the rows of a frame that the schema accepts."""

from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from etl_polyglot import DataFrameValidator, rule
from etl_polyglot.generated.records.user import UserRecord
from etl_polyglot.rules.rule import BusinessRule
from etl_polyglot.schema.rule import RuleFailedError

from .support import chunks_of, record, validator

ROWS = pd.DataFrame(
    {
        "id": [1, 2, 3, -4, 5],
        "email": ["ada@example.com", "ben@example.org", "x", "eve@example.org", "dan@example.com"],
        "name": ["Ada", "Ben", "Max", "Eve", "Dan"],
        "age": [36, 17, 12, None, None],
        "created_at": pd.to_datetime(["2024-01-01"] * 5),
        "tags": [["a"], None, [], ["b"], ["a", "b"]],
    }
)


@rule("user", field="age")
def adults_only(frame: pd.DataFrame) -> Any:
    """must be of age"""
    return frame["age"].fillna(18) >= 18


@rule("user", per="record")
def known_host(row: dict[str, Any]) -> bool:
    return bool(row["email"].endswith("@example.com"))


@pytest.mark.parametrize("chunk_rows", [1, 2, 65_536])
@pytest.mark.parametrize("dtype", [None, object], ids=["typed", "objects"])
def test_rules_refuse_rows_that_the_schema_accepts(chunk_rows: int, dtype: Any) -> None:
    frame = ROWS if dtype is None else ROWS.astype(dtype)
    subject = DataFrameValidator(UserRecord, rules=[adults_only, known_host])
    with chunks_of(chunk_rows):
        report = subject.validate_dataframe(frame)
    assert [(one["index"], one["path"], one["expected"]) for one in report.errors] == [
        (1, "", "known_host"),
        (1, "/age", "adults_only"),
        (2, "/email", "email"),
        (3, "/id", 1),
    ]
    assert report.errors[1]["message"] == "must be of age"
    assert report.errors[1]["code"] == "business_rule"
    assert report.mask.tolist() == [True, False, False, False, True]
    assert report.invalid_records == 3


def test_errors_of_rules_count_for_the_length_of_the_list() -> None:
    subject = DataFrameValidator(UserRecord, rules=[adults_only, known_host])
    every = subject.validate_dataframe(ROWS)
    for most in range(5):
        with chunks_of(2):
            report = subject.validate_dataframe(ROWS, max_errors=most)
        assert report.errors == every.errors[:most]
        assert report.errors_truncated == (most < 4)
        assert report.mask.tolist() == every.mask.tolist()


def test_a_rule_sees_the_types_of_columnar_outputs_whatever_the_frame_has() -> None:
    seen: list[Any] = []

    @rule("subject")
    def looks(frame: pd.DataFrame) -> Any:
        seen.append((str(frame["value"].dtype), frame["value"].tolist()))
        return frame["value"].notna()

    for column, member, expected in (
        ([1.0, 2.0], {"type": "integer"}, ("int64[pyarrow]", [1, 2])),
        ([Decimal("1.5"), 2], {"type": "number"}, ("double[pyarrow]", [1.5, 2.0])),
        (pd.Categorical(["a", "b"]), {"type": "string"}, ("string[pyarrow]", ["a", "b"])),
        (["a", 5], {"type": ["string", "integer"]}, ("string[pyarrow]", ['"a"', "5"])),
    ):
        subject = DataFrameValidator(validator(record(member)).schema, rules=[looks])
        assert subject.validate_dataframe(pd.DataFrame({"value": column})).valid
        assert seen.pop() == expected


def test_a_rule_that_gives_no_verdict_ends_validation() -> None:
    @rule("user")
    def fails(frame: pd.DataFrame) -> Any:
        return frame["nothing of this name"]

    with pytest.raises(RuleFailedError, match=r"fails of user .* it raised KeyError") as failed:
        DataFrameValidator(UserRecord, rules=[fails]).validate_dataframe(ROWS)
    assert isinstance(failed.value.__cause__, KeyError)


def test_rules_must_be_rules_of_the_schema() -> None:
    @rule("order")
    def looks_elsewhere(frame: pd.DataFrame) -> Any:
        return frame["id"] > 0

    with pytest.raises(ValueError, match="looks_elsewhere is a rule of order, not of user"):
        DataFrameValidator(UserRecord, rules=[looks_elsewhere])
    with pytest.raises(TypeError, match="write @rule\\('user'\\) above the function"):
        DataFrameValidator(UserRecord, rules=[len])  # type: ignore[list-item]
    with pytest.raises(TypeError, match=r"write rules=\[adults_only\]"):
        DataFrameValidator(UserRecord, rules=adults_only)  # type: ignore[arg-type]


def test_rules_by_hand_are_checked_as_those_of_a_folder() -> None:
    @rule("user", field="agee")
    def mistyped(frame: pd.DataFrame) -> Any:
        return frame["id"] > 0

    with pytest.raises(ValueError, match=r"user has no member agee; did you mean age\?"):
        DataFrameValidator(UserRecord, rules=[mistyped])
    with pytest.raises(ValueError, match=r"user has a rule same already, at .*test_rules"):
        DataFrameValidator(UserRecord, rules=[same(17), same(40)])


def same(age: int) -> BusinessRule:
    @rule("user")
    def same(frame: pd.DataFrame) -> Any:
        return frame["age"] > age

    return same
