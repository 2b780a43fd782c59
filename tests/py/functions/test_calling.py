"""A call by name as the worker answers it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
import pandas as pd
import pyarrow as pa
import pytest

from etl_polyglot import FunctionContext, function
from etl_polyglot.functions.function import Function
from etl_polyglot.functions.function_set import FunctionSet
from etl_polyglot.rules.rule_set import RuleSet
from etl_polyglot.worker.body import body_bytes, inline_body
from etl_polyglot.worker.calls import Call, CallError, NodeError, Reply
from etl_polyglot.worker.methods.call_function import call_function
from etl_polyglot.worker.packing import packed, unpacked
from etl_polyglot.worker.stream import Chunk, InputStream

from .support import REGISTRY, ipc, read

PRICES = pa.table({"price": [1.0, 2.0], "name": ["a", None]})
LINES = pa.table({"line": [1, 2, 3]})


def call(
    declared: list[Function[..., Any]],
    name: str,
    args: Mapping[str, Any] | None = None,
    tables: Mapping[str, pa.Table] | None = None,
    stream: InputStream | None = None,
) -> Call:
    """A call as Node makes it."""
    ranges, body = packed(tables or {})
    return Call(
        "call_function",
        orjson.loads(
            orjson.dumps({"name": name, "args": args or {}, "tables": ranges, "stream": "batches"})
        ),
        None if body is None else inline_body(body, body_bytes(body)),
        REGISTRY,
        RuleSet(),
        FunctionSet(declared, Path("/srv/python")),
        lambda event: None,
        chunks=iter(()) if stream is None else stream,
    )


def received(reply: Reply) -> tuple[Any, dict[str, pa.Table]]:
    """A reply as Node reads it: the value, and the tables."""
    value = orjson.loads(orjson.dumps(reply.value))
    body = None if reply.body is None else inline_body(reply.body, body_bytes(reply.body))
    tables = unpacked(body, {name: tuple(place) for name, place in value["tables"].items()})
    return value["value"], {name: read(stream) for name, stream in tables.items()}


def answered(*args: Any, **options: Any) -> tuple[Any, dict[str, pa.Table]]:
    reply = call_function(call(*args, **options))
    assert isinstance(reply, Reply)
    return received(reply)


def refused(*args: Any, **options: Any) -> CallError:
    with pytest.raises(CallError) as error:
        call_function(call(*args, **options))
    return error.value


@function
def mixed(prices: pd.DataFrame, lines: pa.Table, rate: float = 0.5) -> dict[str, Any]:
    return {
        "rows": lines.num_rows,
        "dear": prices.assign(price=prices["price"] * rate),
        "lines": lines,
    }


def input_of(*tables: pa.Table, failure: Exception | None = None) -> InputStream:
    """The call's input as Node sends it."""
    stream = InputStream(threading.Event(), lambda chunks: None, lambda: None)
    for table in tables:
        stream.push(Chunk(None, ipc(table)))
    stream.end(None if failure is None else lambda: failure)
    return stream


@function
def doubled(batches: Iterator[pa.RecordBatch]) -> Iterator[Any]:
    rows = 0
    for batch in batches:
        rows += batch.num_rows
        yield {"batch": batch, "so_far": rows}
    return rows


def test_tables_and_values_go_there_and_back() -> None:
    value, tables = answered([mixed], "mixed", tables={"prices": PRICES, "lines": LINES})
    assert value == {"rows": 3}
    halves = PRICES.set_column(0, "price", pa.array([0.5, 1.0]))
    assert tables == {"dear": halves, "lines": LINES}


def test_a_stream_is_answered_piece_by_piece() -> None:
    pieces = call_function(call([doubled], "doubled", stream=input_of(PRICES, PRICES.slice(1))))
    assert isinstance(pieces, Iterator)
    assert received(next(pieces)) == ({"so_far": 2}, {"batch": PRICES})
    assert received(next(pieces)) == ({"so_far": 3}, {"batch": PRICES.slice(1)})
    with pytest.raises(StopIteration) as end:
        next(pieces)
    assert received(end.value.value) == (3, {})


def test_a_stream_that_is_left_ends_its_function() -> None:
    ended = []

    @function
    def endless() -> Iterator[int]:
        try:
            while True:
                yield 1
        finally:
            ended.append(True)

    pieces: Any = call_function(call([endless], "endless"))
    next(pieces)
    pieces.close()
    assert ended == [True]


def test_a_failure_of_the_input_is_not_the_function_s() -> None:
    failure = NodeError("RangeError", "out of rows")
    stream = input_of(PRICES, failure=failure)
    pieces: Any = call_function(call([doubled], "doubled", stream=stream))
    next(pieces)
    with pytest.raises(NodeError) as raised:
        next(pieces)
    assert raised.value is failure


def test_a_wrong_name_is_told_with_the_right_one() -> None:
    error = refused([mixed], "mixd")
    assert error.code == "FUNCTION_NOT_FOUND"
    assert error.message == (
        "There is no Python function mixd (did you mean mixed?). Known: mixed, transform_batch. "
        "Those that are not built in come from ETL_PYTHON_DIR, /srv/python."
    )


def test_wrong_arguments_are_told_with_the_signature() -> None:
    error = refused([mixed], "mixed", {"rate": "0.2"}, {"prices": PRICES, "lines": LINES})
    assert (error.code, error.details["parameter"]) == ("INVALID_ARGUMENTS", "rate")
    assert error.message == (
        'mixed: rate: expected a valid number, got "0.2". It is called as '
        "mixed(prices: pandas.DataFrame, lines: pyarrow.Table, rate: float = 0.5) "
        "-> dict[str, typing.Any]."
    )


def test_what_a_function_raises_is_told_with_its_place() -> None:
    @function
    def fails(number: int) -> float:
        return 1 / number

    @function
    def leaves() -> None:
        raise SystemExit(3)

    error = refused([fails], "fails", {"number": 0})
    assert error.code == "FUNCTION_FAILED"
    assert error.message == (
        f"The function fails ({fails.place}) failed: it raised ZeroDivisionError: division by zero"
    )
    assert isinstance(error.origin, ZeroDivisionError)
    assert refused([leaves], "leaves").message.endswith("failed: it raised SystemExit: 3")


def test_an_answer_that_cannot_be_sent_names_the_function() -> None:
    @function
    def odd() -> object:
        return {1, 2}

    @function
    def odd_pieces() -> Iterator[object]:
        yield {1, 2}

    told = "failed: it returned what is no JSON (a set); a function returns a table,"
    assert told in refused([odd], "odd").message
    pieces: Any = call_function(call([odd_pieces], "odd_pieces"))
    with pytest.raises(CallError, match="it returned what is no JSON"):
        next(pieces)


def test_a_schema_that_is_not_there_is_told_as_everywhere() -> None:
    @function
    def keys(schema: str, context: FunctionContext) -> tuple[str, ...]:
        return context.registry.get(schema).primary_key

    assert answered([keys], "keys", {"schema": "user"}) == (["id"], {})
    error = refused([keys], "keys", {"schema": "usr"})
    assert (error.code, error.details["suggestion"]) == (
        "SCHEMA_NOT_FOUND",
        " (did you mean user?)",
    )


@pytest.mark.parametrize("place", [(0, 10_000), (-64, 8), (8, 8), (1_000_000, 8)])
def test_a_table_outside_the_body_is_refused(place: tuple[int, int]) -> None:
    made = call([mixed], "mixed", tables={"prices": PRICES})
    made.params["tables"]["prices"] = place
    with pytest.raises(CallError) as error:
        call_function(made)
    assert error.value.code == "INVALID_REQUEST"


def test_a_table_that_was_promised_must_come() -> None:
    @function
    def forgetful(prices: pd.DataFrame) -> pd.DataFrame:
        prices["double"] = prices["price"] * 2

    @function
    def counting(prices: pd.DataFrame) -> pa.Table:
        return len(prices)

    @function
    def other_face(prices: pd.DataFrame) -> pa.Table:
        return prices

    declared = [forgetful, counting, other_face]
    for name, returned in (("forgetful", "None"), ("counting", "a value of the type int")):
        error = refused(declared, name, tables={"prices": PRICES})
        assert error.code == "FUNCTION_FAILED"
        expected = f"it returned {returned}, where its annotation says that it returns a table"
        assert error.details["reason"] == expected
    assert answered(declared, "other_face", tables={"prices": PRICES}) == (None, {"": PRICES})
