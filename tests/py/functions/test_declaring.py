"""How a Python function becomes one that Node calls by name, and why it may not."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from etl_polyglot import FunctionContext, function
from etl_polyglot.functions.function_set import FunctionSet


def problems(*declared: Any) -> list[str]:
    """What is wrong, without the file."""
    return [
        f"{one.place.rpartition('/')[2]}: {one.reason}; {one.instead}".partition(": ")[2]
        for one in FunctionSet(declared).problems
    ]


def test_a_function_is_named_and_placed_by_itself_and_stays_callable() -> None:
    @function
    def double(number: int) -> int:
        return number * 2

    assert (double.name, double.retry) == ("double", False)
    assert double.place.endswith(f"test_declaring.py:{double.line}")
    assert double(4) == 8


def test_a_name_and_whether_it_may_run_again_can_be_given() -> None:
    @function("twice", retry=True)
    def double(number: int) -> int:
        return number * 2

    @function(retry=True)
    def thrice(number: int) -> int:
        return number * 3

    functions = FunctionSet([double, thrice])
    assert functions.own_names() == ["thrice", "twice"]
    assert functions.retry_safe() == ["thrice", "transform_batch", "twice"]


def test_only_plain_functions_with_simple_names_can_be_called() -> None:
    async def later() -> None: ...

    async def pieces() -> Any:
        yield 1

    for other, told in (
        (later, "an async"),
        (pieces, "an async"),
        (len, "<"),
        (int, "<"),
        (3, "3"),
    ):
        with pytest.raises(TypeError, match=f"@function takes a plain function, not {told}"):
            function(other)  # type: ignore[call-overload]
    with pytest.raises(ValueError, match="a name is a letter and"):
        function("two words")(lambda: None)


def test_a_parameter_says_what_it_takes() -> None:
    @function
    def bare(rows, rate: float = 0.2) -> int:  # type: ignore[no-untyped-def]
        return len(rows)

    @function
    def loose(*numbers: int, first: int, **others: int) -> None: ...

    @function
    def by_place(number: int, /) -> None: ...

    types = "pa.Table, pa.RecordBatch, pd.DataFrame, an Iterator of one of them, or a type of"
    assert problems(bare) == [
        f"function bare: parameter rows has no annotation; annotate it: {types} Pydantic"
    ]
    assert problems(loose, by_place) == [
        f"function {name}: parameter {parameter} cannot be given by name; "
        "give it a name of its own, without * and /"
        for name, parameter in (("loose", "numbers"), ("loose", "others"), ("by_place", "number"))
    ]


def test_a_type_that_no_argument_has_is_a_problem() -> None:
    @function
    def summed(column: pa.Array, frames: list[pd.DataFrame]) -> None: ...

    @function
    def unknown(data: Frame) -> None: ...  # type: ignore[name-defined]  # noqa: F821

    told = problems(summed, unknown)
    assert [one.partition(";")[0] for one in told] == [
        "function summed: parameter column has the type pyarrow.lib.Array, "
        "which no argument can have",
        "function summed: parameter frames has the type list[pandas.DataFrame], "
        "which no argument can have",
        "function unknown: its annotations cannot be read (NameError: name 'Frame' is not defined)",
    ]


class Broken:
    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        raise LookupError("no schema today")


def test_a_type_that_fails_is_a_problem_and_not_the_end() -> None:
    @function
    def takes(broken: Broken) -> None: ...

    (told,) = problems(takes)
    assert "which Pydantic refuses (LookupError: no schema today); mend the type" in told


def test_a_call_has_one_stream() -> None:
    @function
    def zipped(left: Iterator[pa.Table], right: Iterator[pa.Table]) -> None: ...

    assert problems(zipped) == [
        "function zipped: it takes two streams, and a call has one; take the others as pa.Table"
    ]


def test_a_name_belongs_to_one_function() -> None:
    @function("score")
    def first() -> int:
        return 1

    @function("score")
    def second() -> int:
        return 2

    @function
    def transform_batch() -> None: ...

    assert problems(first, second, transform_batch) == [
        f"function score: one of that name stands at {first.place} already; "
        'give it another, as in @function("name")',
        "function transform_batch: one of that name is built in; "
        'give it another, as in @function("name")',
    ]


def test_a_context_is_no_argument() -> None:
    @function
    def asks(name: str, context: FunctionContext) -> str:
        return context.registry.get(name).name

    signature = FunctionSet([asks]).get("asks").signature
    assert signature.text == "asks(name: str) -> str"


def test_to_import_the_decorator_brings_no_heavy_library() -> None:
    code = (
        "import sys; from etl_polyglot import function; "
        "print({'pandas', 'pyarrow', 'pydantic'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd="py"
    )
    assert done.stdout == "set()\n"
