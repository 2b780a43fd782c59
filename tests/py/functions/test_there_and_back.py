"""The law of the bridge: a table that a function gives back untouched is the table it got."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import hypothesis.strategies as st
import pandas as pd
import pyarrow as pa
from hypothesis import given, settings

from etl_polyglot import function
from etl_polyglot.functions.answer import answer_of
from etl_polyglot.functions.tables import MalformedStreamError, open_table

from .support import called, ipc, sent
from .support import given as given_to

SCALARS: dict[pa.DataType, st.SearchStrategy[Any]] = {
    pa.null(): st.none(),
    pa.bool_(): st.booleans(),
    pa.int8(): st.integers(-(2**7), 2**7 - 1),
    pa.int64(): st.integers(-(2**63), 2**63 - 1),
    pa.uint64(): st.integers(0, 2**64 - 1),
    pa.float32(): st.floats(width=32),
    pa.float64(): st.floats(),
    pa.string(): st.text(max_size=5),
    pa.large_string(): st.text(max_size=5),
    pa.binary(): st.binary(max_size=5),
    pa.date32(): st.dates(),
    pa.time64("us"): st.times(),
    pa.timestamp("us"): st.datetimes(),
    pa.timestamp("ms", "UTC"): st.integers(-(2**40), 2**40),
    pa.duration("ns"): st.integers(-(2**60), 2**60),
    pa.decimal128(9, 2): st.decimals(-999_999, 999_999, places=2),
    pa.dictionary(pa.int32(), pa.string()): st.sampled_from(["a", "b", "c"]),
}


@st.composite
def columns(draw: st.DrawFn) -> tuple[pa.DataType, st.SearchStrategy[Any]]:
    """A type, and values of it and nulls."""
    kind, values = draw(st.sampled_from(list(SCALARS.items())))
    values = st.none() | values
    if not pa.types.is_dictionary(kind) and draw(st.booleans()):
        if draw(st.booleans()):
            return pa.list_(kind), st.none() | st.lists(values, max_size=3)
        member = pa.field("m", kind)
        return pa.struct([member]), st.none() | st.fixed_dictionaries({"m": values})
    return kind, values


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    """A table of any types, in any number of batches, also none and empty ones."""
    made = draw(st.lists(columns(), min_size=1, max_size=4))
    schema = pa.schema([pa.field(f"c{place}", kind) for place, (kind, _) in enumerate(made)])
    batches = []
    for rows in draw(st.lists(st.integers(0, 5), max_size=4)):
        arrays = [
            pa.array(draw(st.lists(values, min_size=rows, max_size=rows)), kind)
            for kind, values in made
        ]
        batches.append(pa.RecordBatch.from_arrays(arrays, schema=schema))
    return pa.Table.from_batches(batches, schema)


@function
def table(data: pa.Table) -> pa.Table:
    return data


@function
def frame(data: pd.DataFrame) -> pd.DataFrame:
    return data


@function
def batch(data: pa.RecordBatch) -> pa.RecordBatch:
    return data


def bits(table: pa.Table) -> Any:
    """Values in a form in which NaN is itself, and no null."""
    return repr([column.to_pylist() for column in table.columns])


@settings(max_examples=100, deadline=None, print_blob=True)
@given(tables(), st.sampled_from([table, frame, batch]))
def test_a_table_comes_back_as_it_went(data: pa.Table, function: Any) -> None:
    back = sent(answer_of(called(function, given_to(data=data))).tables)[""]
    assert back.schema == data.schema
    assert bits(back) == bits(data)
    if function is table:
        assert [len(one) for one in back.to_batches()] == [len(one) for one in data.to_batches()]


@settings(max_examples=30, deadline=None, print_blob=True)
@given(st.lists(tables(), min_size=2, max_size=3))
def test_several_tables_come_back_each_by_its_name(some: list[pa.Table]) -> None:
    named = {f"t{place}": one for place, one in enumerate(some)}
    back = sent(answer_of(named).tables)
    assert {name: bits(one) for name, one in back.items()} == {
        name: bits(one) for name, one in named.items()
    }


@settings(max_examples=80, deadline=None, print_blob=True)
@given(tables(), st.data())
def test_a_damaged_stream_is_read_or_refused_and_does_no_more(
    data: pa.Table, draw: st.DataObject
) -> None:
    stream = bytearray(ipc(data).to_pybytes())
    places = st.integers(0, len(stream) - 1)
    for place in draw.draw(st.lists(places, max_size=4)):
        stream[place] ^= draw.draw(st.integers(1, 255))
    del stream[draw.draw(places) :]
    with suppress(MalformedStreamError):
        open_table(pa.py_buffer(bytes(stream)))
