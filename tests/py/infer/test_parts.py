"""Parts of drafting whose limits no small file reaches."""

import tracemalloc
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from etl_polyglot.engine.errors import JobError
from etl_polyglot.infer.arrays import observe_text
from etl_polyglot.infer.draft import draft
from etl_polyglot.infer.draft_texts import is_named_as_id, roomy
from etl_polyglot.infer.loosen import loosen
from etl_polyglot.infer.place import Bounds, Place
from etl_polyglot.infer.request import InferRequest
from etl_polyglot.infer.uniqueness import Memory, Uniqueness
from etl_polyglot.infer.written import Written


@pytest.mark.parametrize(
    ("name", "delimiter", "told"),
    [("a b", None, "no name of a schema"), ("a", "ab", "no delimiter"), ("a", '"', "no delimiter")],
)
def test_names_and_delimiters_that_cannot_be_are_refused(tmp_path: Path, name, delimiter, told):
    with pytest.raises(JobError, match=told) as refused:
        InferRequest(Path("x.csv"), name, "csv", delimiter, ("",), tmp_path)
    assert refused.value.code == "INVALID_REQUEST"


def test_names_of_identifiers_are_told_from_words_that_end_alike():
    assert all(map(is_named_as_id, ["id", "user_id", "userId", "UserID", "zip_code", "SKU"]))
    assert not any(map(is_named_as_id, ["paid", "valid", "casino", "monkey", "name"]))


def test_lengths_leave_half_as_much_again_in_round_numbers():
    rounded = [roomy(longest) for longest in (0, 6, 7, 13, 14, 33, 34, 66, 67, 133, 134, 1000)]
    assert rounded == [10, 10, 20, 20, 50, 50, 100, 100, 200, 200, 500, 2000]


def test_a_value_that_comes_again_much_later_is_found():
    values = Uniqueness(Memory())
    for start in range(0, 100_000, 1000):
        values.observe(pa.array(np.arange(start, start + 1000)))
    assert values.holds()
    values.observe(pa.array([500]))
    assert not values.holds()


def test_texts_and_integers_are_no_key_together():
    values = Uniqueness(Memory())
    values.observe(pa.array(["a", "b"]))
    values.observe(pa.array([1]))
    assert not values.holds()


def test_looking_for_twins_takes_twice_the_memory_of_the_values_at_most():
    size = 100_000
    parts = [np.arange(start, start + size) for start in (0, size)]
    values = Uniqueness(Memory())
    tracemalloc.start()
    try:
        for part in parts:
            values.observe(pa.array(part))
        assert values.holds()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2.5 * 2 * size * 8


def test_drafting_leaves_what_was_observed_as_it_is():
    place = Place(Bounds(), written=Written())
    observe_text(place, pa.array(["1", "20"]))
    before = repr(place)
    assert draft("x", place)["type"] == "integer"
    assert repr(place) == before


def test_what_is_remembered_of_all_columns_is_bounded():
    memory = Memory(1500)
    first, second = Uniqueness(memory), Uniqueness(memory)
    first.observe(pa.array(range(1000)))
    second.observe(pa.array(range(1000)))
    assert first.holds()
    assert not second.holds()
    first.give_up()
    assert memory.left == 1500


def test_the_places_of_a_file_are_bounded():
    root = Place(Bounds(places=10))
    root.observe([{f"k{place}": 1 for place in range(100)}])
    assert len(root.members) == 10
    assert root.is_open


def test_nesting_is_followed_to_a_bounded_depth():
    value = 1
    for _ in range(60):
        value = [value]
    root = Place(Bounds())
    root.observe([{"a": value}])
    depth, place = 0, root.members["a"]
    while place.item is not None:
        depth, place = depth + 1, place.item
    assert depth == 15
    assert place.arrays == 1


def test_loosening_takes_out_the_keyword_then_everything():
    document = {
        "type": "object",
        "required": ["a/b"],
        "properties": {
            "a/b": {
                "type": "array",
                "items": {
                    "type": "number",
                    "minimum": 0,
                    "multipleOf": 0.01,
                    "x-arrow": "decimal128(5,2)",
                    "$comment": "columns keep them as exact decimals",
                },
            }
        },
    }
    assert loosen(document, "/a~1b/3", "minimum") == "minimum of /a~1b/3"
    items = document["properties"]["a/b"]["items"]
    assert items == {
        "type": "number",
        "multipleOf": 0.01,
        "$comment": "without minimum, and so without decimal128(5,2)",
    }
    assert loosen(document, "/a~1b/3", "multipleOf") == "multipleOf of /a~1b/3"
    assert items["$comment"].endswith("decimal128(5,2); without multipleOf")
    assert loosen(document, "/a~1b/3", "type") == "everything of /a~1b/3"
    assert list(items) == ["$comment"]
    assert loosen(document, "/a~1b/3", "type") is None
    assert loosen(document, "/a~1b", "required") == "required: a/b"
    assert "required" not in document
