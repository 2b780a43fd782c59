"""Columns of an answer that are the call's own are not written, and everything else is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import hypothesis.strategies as st
import pyarrow as pa
import pytest
from hypothesis import given, settings

from etl_polyglot.functions import unchanged
from etl_polyglot.functions.tables import from_frame, open_table, to_frame
from etl_polyglot.functions.unchanged import Reference, without_unchanged

from .support import ipc
from .test_there_and_back import bits, tables


@pytest.fixture(autouse=True, scope="module")
def _however_small() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unchanged, "LEAST_BYTES", 1)
        yield


def together(
    table: pa.Table, references: list[Reference], sent: Mapping[str, pa.Buffer]
) -> pa.Table:
    """A table as Node puts it together."""
    columns = list(table.columns)
    fields = list(table.schema)
    for at, argument, column in references:
        assert table.schema.field(at).type == pa.struct([])
        source = open_table(sent[argument])
        columns[at] = source.column(column)
        fields[at] = fields[at].with_type(source.schema.field(column).type)
    return pa.table(columns, schema=pa.schema(fields, table.schema.metadata))


def taken(table: pa.Table) -> list[Reference]:
    """What is not written of a table that was made of what open_table gave."""
    return without_unchanged({"": table}, STREAMS)[1].get("", [])


PRICES = pa.table(
    {
        "price": pa.array([1.0, 2.0, None] * 40),
        "name": pa.array(["a", None, "c"] * 40),
        "sizes": pa.array([[1, 2], None, [3]] * 40),
    }
)
STREAMS = {"prices": ipc(PRICES)}


@settings(max_examples=150, deadline=None, print_blob=True)
@given(st.lists(tables(), min_size=1, max_size=2), st.booleans(), st.data())
def test_an_answer_is_the_same_whether_its_columns_are_written_or_not(
    some: list[pa.Table], as_frame: bool, draw: st.DataObject
) -> None:
    sent = {f"t{place}": ipc(table) for place, table in enumerate(some)}
    source = open_table(sent[draw.draw(st.sampled_from(sorted(sent)))])
    fields, columns = [], []
    for place in range(draw.draw(st.integers(1, 5))):
        at = draw.draw(st.integers(0, source.num_columns - 1))
        column: Any = source.column(at)
        how = draw.draw(st.sampled_from(["as it is", "copied", "taken", "combined"]))
        if how == "copied":
            column = pa.chunked_array([pa.array(column.to_pylist(), column.type)])
        elif how == "taken":
            column = column.take(pa.array(range(len(column)), pa.int64()))
        elif how == "combined":
            column = column.combine_chunks()
        columns.append(column)
        fields.append(source.schema.field(at).with_name(f"n{place}"))
    answer = pa.table(columns, schema=pa.schema(fields))
    if as_frame:
        answer = from_frame(to_frame(answer))
    rest, references = without_unchanged({"": answer}, sent)
    back = together(open_table(ipc(rest[""])), references.get("", []), sent)
    assert back.schema.equals(answer.schema, check_metadata=True)
    assert bits(back) == bits(answer)


def test_only_new_columns_are_written() -> None:
    given_table = open_table(STREAMS["prices"])
    answer = given_table.append_column("rank", pa.array(range(120))).select([3, 1, 0, 2])
    rest, references = without_unchanged({"": answer}, STREAMS)
    assert references == {"": [(1, "prices", 1), (2, "prices", 0), (3, "prices", 2)]}
    written = ipc(rest[""]).size
    assert written < ipc(answer.select(["rank"])).size + 700
    assert rest[""].schema.names == answer.schema.names


def test_a_frame_that_gets_a_column_keeps_the_others() -> None:
    frame = to_frame(open_table(STREAMS["prices"])).assign(rank=range(120))
    assert len(taken(from_frame(frame))) == 3


def test_a_batch_keeps_its_columns_too() -> None:
    batch = open_table(STREAMS["prices"]).to_batches()[0]
    _, references = without_unchanged({"": batch}, STREAMS)
    assert len(references[""]) == 3


def test_parts_of_a_column_are_written() -> None:
    table = open_table(STREAMS["prices"])
    assert taken(table.slice(1)) == []
    assert taken(table.take(pa.array(range(120)))) == []


def test_a_list_over_other_items_is_another_column() -> None:
    table = open_table(STREAMS["prices"])
    sizes: Any = table.column("sizes").chunk(0)

    def with_items(items: Any) -> pa.Table:
        buffers = sizes.buffers()[:2]
        made = pa.Array.from_buffers(sizes.type, len(sizes), buffers, children=[items])
        return table.set_column(2, table.schema.field(2), made)

    assert [at for at, *_ in taken(with_items(sizes.values))] == [0, 1, 2]
    other = with_items(pa.array(range(120))).append_column("again", table.column("sizes"))
    assert [at for at, *_ in taken(other)] == [0, 1, 3]


def test_bytes_under_another_type_are_another_column() -> None:
    table = open_table(STREAMS["prices"])
    numbers: Any = table.column("price").chunk(0)
    viewed = numbers.view(pa.int64())
    assert [at for at, *_ in taken(table.set_column(0, "price", viewed))] == [1, 2]


def test_columns_with_dictionaries_and_of_extension_types_are_written() -> None:
    table = pa.table(
        {
            "word": pa.array(["a", "b"] * 60).dictionary_encode(),
            "json": pa.array(['{"a": 1}'] * 120, pa.json_()),
        }
    )
    streams = {"data": ipc(table)}
    assert without_unchanged({"": open_table(streams["data"])}, streams)[1] == {}


def test_all_is_written_when_it_is_less_than_half_of_what_node_would_keep() -> None:
    table = open_table(STREAMS["prices"])
    answer = table.select(["price"])
    rest, references = without_unchanged({"": answer}, STREAMS)
    assert (rest[""], references) == (answer, {})


def test_several_tables_may_have_columns_of_several_arguments() -> None:
    streams = {"a": ipc(PRICES), "b": ipc(PRICES)}
    opened = {name: open_table(stream) for name, stream in streams.items()}
    rest, references = without_unchanged(
        {"x": opened["b"].select([2, 0]), "y": opened["a"], "z": pa.table({"n": [1]})}, streams
    )
    assert references == {
        "x": [(0, "b", 2), (1, "b", 0)],
        "y": [(0, "a", 0), (1, "a", 1), (2, "a", 2)],
    }
    assert rest["z"] == pa.table({"n": [1]})
