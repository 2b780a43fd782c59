"""What arguments become, and how a caller is told that one does not fit."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal

import pandas as pd
import pyarrow as pa
import pytest
from pydantic import BaseModel, Field

from etl_polyglot import FunctionContext, function
from etl_polyglot.functions.errors import InvalidArgumentError
from etl_polyglot.functions.parameters import Given

from .support import CONTEXT, called, given, ipc

PRICES = pa.table({"price": [1.0, None, 3.0], "name": ["a", "b", None]})


@dataclasses.dataclass
class Filter:
    by: str
    least: int = 0


class Options(BaseModel):
    day: date
    mode: Literal["fast", "exact"] = "fast"


@function
def plain(
    whole: int = 0,
    rate: float = 0.0,
    words: list[str] | None = None,
    filters: list[Filter] | None = None,
    options: Options | None = None,
    share: Annotated[float, Field(ge=0, le=1)] = 0,
    anything: Any = None,
) -> tuple[Any, ...]:
    return (whole, rate, words, filters, options, share, anything)


def refusal(call: Given, of: Any = plain) -> str:
    with pytest.raises(InvalidArgumentError) as refused:
        called(of, call)
    return str(refused.value)


def test_json_values_become_what_the_annotations_say() -> None:
    values = {
        "whole": 3,
        "rate": 1,
        "words": ["a"],
        "filters": [{"by": "age", "least": 3}],
        "options": {"day": "2024-02-29"},
        "anything": {"a": [None]},
    }
    assert called(plain, given(values)) == (
        3,
        1.0,
        ["a"],
        [Filter("age", 3)],
        Options(day=date(2024, 2, 29)),
        0,
        {"a": [None]},
    )


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"whole": "1"}, 'whole: expected a valid integer, got "1"'),
        ({"whole": True}, "whole: expected a valid integer, got true"),
        ({"whole": None}, "whole: expected a valid integer, got null"),
        ({"rate": "0.2"}, 'rate: expected a valid number, got "0.2"'),
        ({"words": ["a", 2]}, "words: at [1]: expected a valid string, got 2"),
        ({"filters": [{"least": 1}]}, "filters: at [0].by: field required"),
        ({"options": {"day": "2024-02-30"}}, "options: at day: expected a valid date in the"),
        ({"options": {"day": "2024-02-29", "mode": "slow"}}, "at mode: expected 'fast' or 'exact'"),
        ({"share": 1.5}, "share: expected less than or equal to 1, got 1.5"),
        ({"rat": 1}, "rat: there is no such argument; did you mean rate?"),
        ({"xyz": 1}, "xyz: there is no such argument; it takes whole, rate, words, filters,"),
    ],
)
def test_what_does_not_fit_is_told_with_what_was_expected_and_what_came(
    values: dict[str, Any], told: str
) -> None:
    assert told in refusal(given(values))


@function
def counted(data: pa.Table, more: pa.Table | None = None) -> list[int]:
    return [data.num_rows, -1 if more is None else more.num_rows]


def test_tables_and_values_are_not_taken_for_each_other() -> None:
    assert called(counted, given(data=PRICES)) == [3, -1]
    assert called(counted, given({"more": None}, data=PRICES)) == [3, -1]
    assert refusal(given(), counted) == "data: is missing"
    assert refusal(given({"data": [{"a": 1}]}), counted) == (
        "data: expected an Arrow table, got an array of 1"
    )
    assert refusal(given({"data": None}), counted) == "data: expected an Arrow table, got null"
    assert refusal(given(whole=PRICES)) == "whole: expected a JSON value, got a table"


def test_a_table_keeps_its_chunks_and_is_not_copied() -> None:
    stream = ipc(pa.concat_tables([PRICES, PRICES.slice(1)]))

    @function
    def lie_in(data: pa.Table) -> bool:
        assert data.column("price").num_chunks == 2
        buffers = [b for chunk in data["price"].chunks for b in chunk.buffers() if b is not None]
        return all(stream.address <= one.address < stream.address + stream.size for one in buffers)

    assert called(lie_in, Given(CONTEXT, {}, {"data": stream}))


def test_a_frame_views_the_callers_memory_and_cannot_write_there() -> None:
    stream = ipc(pa.table({"price": [1.0, 2.0]}))

    @function
    def look(data: pd.DataFrame) -> int:
        assert data.dtypes.tolist() == [pd.ArrowDtype(pa.float64())]
        values = pa.array(data["price"]).to_numpy()
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 9
        data.loc[0, "price"] = 5.0  # of its own
        return values.ctypes.data

    before = stream.to_pybytes()
    address = called(look, Given(CONTEXT, {}, {"data": stream}))
    assert stream.address < address < stream.address + stream.size
    assert stream.to_pybytes() == before


@pytest.mark.parametrize("chunks", [0, 1, 3])
def test_a_record_batch_is_one_however_many_come(chunks: int) -> None:
    @function
    def first(batch: pa.RecordBatch) -> Any:
        assert isinstance(batch, pa.RecordBatch)
        return batch.column(0).to_pylist()

    data = pa.Table.from_batches(PRICES.to_batches() * chunks, PRICES.schema)
    assert called(first, given(batch=data)) == [1.0, None, 3.0] * chunks


@pytest.mark.parametrize("kind", [pa.Table, pa.RecordBatch, pd.DataFrame])
def test_a_stream_comes_piece_by_piece(kind: type) -> None:
    def sizes(pieces: Any) -> Iterator[int]:
        for piece in pieces:
            assert isinstance(piece, kind)
            yield len(piece)

    sizes.__annotations__ = {"pieces": Iterator[kind]}  # type: ignore[valid-type]
    taken: list[int] = []

    def chunks() -> Iterator[pa.Table]:
        for number in range(3):
            taken.append(number)
            yield PRICES.slice(number)

    results = called(function(sizes), given(streams={"pieces": chunks()}))
    assert taken == []
    assert next(results) == 3
    assert taken == [0]
    assert list(results) == [2, 1]


def test_a_stream_takes_a_table_too_and_a_function_without_one_refuses_it() -> None:
    @function
    def sizes(batches: Iterator[pa.RecordBatch]) -> list[int]:
        return [batch.num_rows for batch in batches]

    @function
    def both(data: pa.Table, rate: int = 1) -> int:
        return data.num_rows * rate

    assert called(sizes, given(batches=pa.concat_tables([PRICES, PRICES]))) == [3, 3]
    assert refusal(given(), sizes) == "batches: is missing"
    assert refusal(given({"batches": 3}), sizes) == ("batches: expected a stream of tables, got 3")
    assert called(sizes, given(streams={"batches": [PRICES]})) == [3]
    told = refusal(given(streams={"batch": [PRICES]}), sizes)
    assert told == "batch: there is no such argument; did you mean batches?"
    told = refusal(given(streams={"data": [PRICES]}), both)
    assert told == "data: expected an Arrow table, got a stream"
    told = refusal(given(streams={"rate": [PRICES]}, data=PRICES), both)
    assert told == "rate: expected a JSON value, got a stream"


def test_bytes_that_are_no_arrow_stream_are_told() -> None:
    stream = ipc(PRICES)
    for broken in (pa.py_buffer(b"no arrow"), pa.py_buffer(b""), stream.slice(0, stream.size // 2)):
        told = refusal(Given(CONTEXT, {}, {"data": broken}), counted)
        assert told.startswith("data: its bytes are no Arrow IPC stream (")


def test_the_context_is_the_call_s() -> None:
    @function
    def keys(name: str, context: FunctionContext) -> list[str]:
        return list(context.registry.get(name).primary_key)

    assert called(keys, given({"name": "user"})) == ["id"]
    assert refusal(given({"name": "user", "context": 1}), keys).startswith(
        "context: there is no such argument"
    )
