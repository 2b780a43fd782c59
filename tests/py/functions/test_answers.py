"""What a function may return, and how it goes back."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pytest
from pydantic import BaseModel

from etl_polyglot.functions.answer import answer_of
from etl_polyglot.functions.errors import UnusableAnswerError
from etl_polyglot.functions.tables import as_arrow, to_frame

from .support import sent

PRICES = pa.table({"price": [1.0, None], "name": ["a", None]})


class Kind(Enum):
    GOOD = "good"


class Share(BaseModel):
    of: date


@dataclasses.dataclass
class Sum:
    total: float


def value_of(result: Any) -> Any:
    return orjson.loads(orjson.dumps(answer_of(result).value))


@pytest.mark.parametrize(
    ("result", "value"),
    [
        (None, None),
        ({"a": [1, 2.5, "x", True, None]}, {"a": [1, 2.5, "x", True, None]}),
        ((1, 2), [1, 2]),
        (float("nan"), None),
        ([np.float64(1.5), np.float64("nan"), np.int64(3), np.bool_(True)], [1.5, None, 3, True]),
        (np.array([[1.0, np.inf]]), [[1.0, None]]),
        (
            [pa.scalar(2.5), pa.scalar(None), pa.scalar([date(2024, 2, 29)])],
            [2.5, None, ["2024-02-29"]],
        ),
        ([pd.NA, pd.NaT, np.datetime64("NaT")], [None, None, None]),
        (
            np.array([["1970-01-01", "NaT"]], "datetime64[ns]"),
            [["1970-01-01T00:00:00", None]],
        ),
        (datetime(2024, 2, 29, 1, 2, 3, tzinfo=UTC), "2024-02-29T01:02:03+00:00"),
        (pd.Timestamp("2024-02-29T01:02:03.5Z"), "2024-02-29T01:02:03.500000+00:00"),
        (np.datetime64("2024-02-29T01:02:03.5", "ns"), "2024-02-29T01:02:03.500000"),
        ([date(2024, 2, 29), Kind.GOOD, Sum(1.5)], ["2024-02-29", "good", {"total": 1.5}]),
        ({"share": Share(of=date(2024, 2, 29))}, {"share": {"of": "2024-02-29"}}),
        (2**53 - 1, 2**53 - 1),
    ],
)
def test_plain_values_go_back_as_json(result: Any, value: Any) -> None:
    assert value_of(result) == value


@pytest.mark.parametrize(
    ("result", "told"),
    [
        (Decimal("1.5"), "a Decimal"),
        ({"a": [{1, 2}]}, "a set"),
        (np.timedelta64(5, "ns"), "a timedelta64"),
        (np.array([5], "timedelta64[ns]"), "a timedelta64"),
        (2**53, "Integer exceeds 53-bit range"),
        (np.array([2**60]), "Integer exceeds 53-bit range"),
        ({1: 2}, "Dict key must be str"),
        ([PRICES], "a Table"),
        (pd.Series([1]), "a Series"),
        (print, "a builtin_function_or_method"),
    ],
)
def test_what_is_no_json_is_refused_by_what_it_is(result: Any, told: str) -> None:
    with pytest.raises(UnusableAnswerError) as refused:
        answer_of(result)
    assert str(refused.value) == (
        f"it returned what is no JSON ({told}); "
        "a function returns a table, a batch, a frame, JSON values, or a dict of them"
    )


@pytest.mark.parametrize(
    "form", [lambda table: table, lambda table: table.to_batches()[0], to_frame]
)
def test_a_table_alone_is_the_answer(form: Any) -> None:
    answer = answer_of(form(PRICES))
    assert sent(answer.tables) == {"": PRICES}
    assert value_of(form(PRICES)) is None


def test_a_dict_may_mix_tables_and_values() -> None:
    answer = answer_of({"sum": 3, "kept": PRICES, "frame": to_frame(PRICES), "none": None})
    assert orjson.loads(orjson.dumps(answer.value)) == {"sum": 3, "none": None}
    assert sent(answer.tables) == {"kept": PRICES, "frame": PRICES}


def test_several_tables_lie_behind_each_other_where_arrays_may_lie() -> None:
    tables = {f"t{rows}": pa.table({"x": pa.array(range(rows), pa.int8())}) for rows in (3, 0, 70)}
    assert sent(tables) == tables


def test_a_table_of_a_dict_needs_a_name() -> None:
    for name in ("", 1):
        with pytest.raises(UnusableAnswerError, match="a table under no name"):
            answer_of({name: PRICES})


def test_a_filtered_frame_loses_its_index_and_a_grouped_one_keeps_its_key() -> None:
    frame = to_frame(pa.table({"kind": ["a", "b", "a"], "n": [1, 2, 3]}))
    assert as_arrow(frame[frame["n"] > 1]) == pa.table({"kind": ["b", "a"], "n": [2, 3]})
    sums = as_arrow(frame.groupby("kind").sum())
    assert sums == pa.table({"kind": ["a", "b"], "n": [4, 2]})
    with pytest.raises(UnusableAnswerError, match="cannot insert kind, already exists"):
        answer_of(frame.set_index("kind", drop=False))


def test_columns_that_pandas_makes_become_what_arrow_has_for_them() -> None:
    frame = pd.DataFrame(
        {"words": ["a", None], "numbers": [1.5, np.nan], "whole": [1, 2], "flags": [True, False]}
    )
    made = as_arrow(frame)
    assert made is not None
    assert made.schema.metadata is None
    assert made.schema == pa.schema(
        [
            ("words", pa.large_string()),
            ("numbers", pa.float64()),
            ("whole", pa.int64()),
            ("flags", pa.bool_()),
        ]
    )
    assert made.to_pydict() == {
        "words": ["a", None],
        "numbers": [1.5, None],
        "whole": [1, 2],
        "flags": [True, False],
    }


@pytest.mark.parametrize(
    ("column", "told"),
    [
        (pa.RunEndEncodedArray.from_arrays([1], [2]), "run_end_encoded<.*>"),
        (pa.array([[1]], pa.list_view(pa.int8())), "list_view<.*>"),
        (pa.array([{"a": [[1]]}], pa.struct([("a", pa.list_(pa.large_list_view(pa.int8())))])), ""),
        (pa.array([[("k", [1])]], pa.map_(pa.string(), pa.list_view(pa.int8()))), "map<.*>"),
    ],
)
def test_a_table_that_javascript_cannot_read_is_refused_by_its_column(
    column: pa.Array[Any], told: str
) -> None:
    expected = f"a table whose column odd has the type {told}.*, which JavaScript cannot read; cast"
    with pytest.raises(UnusableAnswerError, match=expected):
        answer_of({"part": pa.table({"fine": [1], "odd": column})})


def test_a_frame_that_is_no_table_is_refused() -> None:
    twice = pd.DataFrame([[1, 2]], columns=["a", "a"])
    mixed = pd.DataFrame({"a": [1, "x"]})
    for frame, told in ((twice, "Duplicate column names"), (mixed, "tried to convert to int64")):
        with pytest.raises(
            UnusableAnswerError, match=f"it returned a frame that is no table.*{told}"
        ):
            answer_of(frame)
