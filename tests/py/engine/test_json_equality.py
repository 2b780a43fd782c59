"""JSON texts are the same in their canonical form just when their values are equal."""

import json
import threading
from random import Random
from typing import Any

import orjson
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_polyglot.engine.stop import Stop, StoppedError
from etl_polyglot.engine.transforms.json_equality import canonical_text, in_canonical_json
from etl_polyglot.schema.canonical import canonical_json
from etl_polyglot.schema.registry import SchemaRegistry

NUMBERS = [
    ("0", "-0", "0.0", "-0.0", "0e9"),
    ("1", "1.0", "1e0", "10E-1"),
    ("-100", "-1e2", "-100.0"),
    ("0.1", "1e-1", "0.10"),
    ("9007199254740991", "9007199254740991.0"),
    ("9007199254740992", "9007199254740993", "9.007199254740992e15"),
    ("18446744073709551616", "18446744073709551615", "1.8446744073709552e19"),
    ("1e21", "1000000000000000000000"),
    ("1e22", "10000000000000000000000.0"),
]
"""Ways to write one number."""

TEXTS = [
    "",
    "a",
    "B",
    "é",
    "\uffff",
    "🙂",
    "10",
    "9",
    "1.0",
    "2e5",
    "-0",
    '"',
    "\\",
    "\x1f",
    "\x7f",
]

TREES = st.recursive(
    st.sampled_from([*NUMBERS, *TEXTS, True, False, None]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(TEXTS), inner, max_size=3)
    ),
    max_leaves=5,
)
"""JSON values, but a number is a tuple of the ways to write it."""


def spelled(tree: Any, choice: Random) -> str:
    """A tree as JSON text, written in one way out of many."""
    space = choice.choice(["", " ", "\n"])
    if isinstance(tree, tuple):
        return choice.choice(tree)
    if isinstance(tree, list):
        return f"[{','.join(space + spelled(one, choice) for one in tree)}]"
    if isinstance(tree, dict):
        members = [
            f"{spelled(key, choice)}{space}:{spelled(one, choice)}" for key, one in tree.items()
        ]
        choice.shuffle(members)
        return f"{{{','.join(members)}{space}}}"
    return json.dumps(tree, ensure_ascii=choice.random() < 0.5)


@settings(max_examples=300, deadline=None)
@given(TREES, TREES, st.randoms(use_true_random=False))
def test_equal_values_and_no_others_have_one_text(one: Any, other: Any, choice: Random) -> None:
    texts = [spelled(tree, choice) for tree in (one, one, other)]
    first, again, third = map(canonical_text, texts)
    assert first == again
    values = [canonical_json(orjson.loads(text)) for text in texts]
    assert (first == third) == (values[0] == values[2])


@pytest.mark.parametrize("text", ["{", "1e", "[" * 300 + "]" * 300, "[" * 2000 + "1.0"])
def test_a_text_that_is_no_json_or_too_deep_stays_as_it_is(text: str) -> None:
    assert canonical_text(text) == text


def test_a_job_that_ends_has_no_more_texts_written(schemas: SchemaRegistry) -> None:
    (column,) = schemas.get("open_object").columns
    stop, ended = Stop(), list[BaseException]()

    def write() -> None:
        stop.bind()
        try:
            in_canonical_json(pa.array(['{"a":1}']), column)
        except StoppedError as error:
            ended.append(error)

    for ends in (False, True):
        if ends:
            stop.set()
        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
        assert len(ended) == ends
