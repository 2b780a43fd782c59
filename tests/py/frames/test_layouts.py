"""A layout that Polars, DuckDB and Arrow itself give columns changes no verdict."""

from typing import Any

import pyarrow as pa
import pytest

from etl_polyglot.frames.views import without_views

from .support import NAME, errors

PAIRS = {"type": "array", "items": {"enum": [1, 2]}}
TEXT_PAIRS = {"type": "array", "items": {"type": "string", "maxLength": 1}}
ANY_OBJECT = {"type": "object"}


def table(array: Any) -> pa.Table:
    return pa.table({NAME: array})


def fixed(values: list[Any], item: pa.DataType) -> Any:
    return pa.array(values, pa.list_(item, 2))


def below(array: Any) -> Any:
    """An array with each value in a list and in an object of its own."""
    lists = pa.ListArray.from_arrays(pa.array(range(len(array) + 1), pa.int32()), array)
    return pa.StructArray.from_arrays([lists], ["inner"])


def nested(member: dict[str, Any]) -> dict[str, Any]:
    lists = {"type": "array", "items": {"anyOf": [member, {"type": "null"}]}}
    return {"type": "object", "properties": {"inner": lists}}


@pytest.mark.parametrize("cut", [0, 1])
def test_fixed_size_lists_are_lists(cut: int) -> None:
    numbers = fixed([[1, 3], None, [1, 2], [3, 3]], pa.int64()).slice(cut)
    found = [[["enum", 3]], [], [], [["enum", 3], ["enum", 3]]]
    assert errors(table(numbers), PAIRS) == found[cut:]
    texts = fixed([["a", "bb"], None, ["a", "b"]], pa.string_view()).slice(cut)
    assert errors(table(texts), TEXT_PAIRS) == [[["maxLength", "bb"]], [], []][cut:]


def test_fixed_size_lists_may_lie_within_lists_and_objects() -> None:
    numbers = fixed([[1, 3], None, [1, 2]], pa.int64())
    assert [len(one) for one in errors(table(below(numbers)), nested(PAIRS))] == [1, 0, 0]
    texts = fixed([["a", "bb"], None, ["a", "b"]], pa.string_view())
    assert [len(one) for one in errors(table(below(texts)), nested(TEXT_PAIRS))] == [1, 0, 0]


def test_arrays_and_objects_of_polars_are_judged() -> None:
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame(
        {NAME: [["a", "bb"], None, ["a", "b"]]}, schema={NAME: polars.Array(polars.String, 2)}
    )
    assert errors(frame, TEXT_PAIRS) == [[["maxLength", "bb"]], [], []]


@pytest.mark.parametrize("kind", [pa.ListArray, pa.LargeListArray])
def test_what_lies_under_a_null_list_is_no_item(kind: Any) -> None:
    offsets = pa.array([0, 2, 4, 6], pa.int32() if kind is pa.ListArray else pa.int64())
    missing = pa.array([False, True, False])
    lists = kind.from_arrays(offsets, pa.array([1, 3, 9, 9, 1, 1]), mask=missing)
    assert errors(table(lists), PAIRS) == [[["enum", 3]], [], []]
    unique = {"type": "array", "uniqueItems": True}
    assert errors(table(lists), unique) == [[], [], [["uniqueItems", [1, 1]]]]


def test_items_of_a_dictionary_are_told_apart_by_their_values() -> None:
    items = pa.DictionaryArray.from_arrays(pa.array([0, 1, 0, 2]), pa.array(["a", "b", "a"]))
    lists = pa.ListArray.from_arrays(pa.array([0, 2, 4], pa.int32()), items)
    unique = {"type": "array", "uniqueItems": True}
    assert errors(table(lists), unique) == [[], [["uniqueItems", ["a", "a"]]]]


SLICED = pa.struct([("x", pa.list_(pa.string_view())), ("z", pa.list_(pa.null()))])
OBJECTS = [
    {"x": ["a"], "z": [None] * 3},
    {"x": [], "z": [None]},
    {"x": ["b"], "z": []},
    {"x": [], "z": []},
]


def test_slices_of_objects_stay_whole() -> None:
    """A cast of them is an array whose members end the process when they are read."""
    slice_ = pa.array(OBJECTS, SLICED).slice(2)
    plain = without_views(slice_)
    plain.validate(full=True)
    assert plain.to_pylist() == slice_.to_pylist()
    assert errors(table(slice_), ANY_OBJECT) == [[], []]


def test_nulls_beside_texts_are_as_many_as_they_were() -> None:
    kind = pa.struct([("x", pa.string_view()), ("z", pa.list_(pa.null()))])
    rows = [{"x": "a", "z": [None] * 3}, {"x": "b", "z": [None] * 2}]
    three = {"type": "object", "properties": {"z": {"type": "array", "minItems": 3}}}
    told = errors(table(pa.array(rows, kind)), three)
    assert told == [[], [["minItems", [None, None]]]]


def test_slices_of_maps_are_judged_wherever_they_were_cut() -> None:
    kind = pa.map_(pa.string(), pa.list_(pa.list_view(pa.null())))
    maps = pa.array([[("a", [[None] * 3, [None]])]] * 4, kind)
    assert errors(table(maps.slice(2)), ANY_OBJECT) == [[], []]


def test_layouts_that_arrow_cannot_pick_rows_of_are_judged_all_the_same() -> None:
    """Runs and views of bytes deep within: `take` has no kernel for them."""
    runs = pa.RunEndEncodedArray.from_arrays(pa.array([2, 4], pa.int32()), pa.array(["a", "bb"]))
    lists: Any = pa.ListArray.from_arrays(pa.array([0, 2, 4], pa.int32()), runs)
    told = errors(table(lists), TEXT_PAIRS)
    assert told == [[], [["maxLength", "bb"], ["maxLength", "bb"]]]
    texts = {"type": "array", "items": {"type": "string"}}
    views = pa.array([[], [b"a"]], pa.list_(pa.binary_view()))
    assert [[keyword for keyword, _ in row] for row in errors(table(views), texts)] == [
        [],
        ["type"],
    ]
