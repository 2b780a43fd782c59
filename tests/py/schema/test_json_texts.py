"""Values of columns are shown and written like the same values one by one."""

import json
from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from etl_polyglot.schema.arrow import Array
from etl_polyglot.schema.canonical import canonical_json
from etl_polyglot.schema.errors import shown
from etl_polyglot.schema.json_texts import json_texts, shown_values

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
EVERY_ASCII = "".join(map(chr, range(128)))


def told(array: Array) -> tuple[list[Any], list[str]]:
    values = shown_values(None, array)
    if isinstance(values, list):
        return values, list(map(canonical_json, values))
    return values.to_pylist(), json_texts(values).to_pylist()


@given(
    st.one_of(
        st.tuples(st.just(pa.string()), st.lists(st.none() | TEXTS | st.just(EVERY_ASCII))),
        st.tuples(st.just(pa.string()), st.lists(st.text("xé😀\\", min_size=190, max_size=210))),
        st.tuples(st.just(pa.int64()), st.lists(st.none() | st.integers(-(2**63), 2**63 - 1))),
        st.tuples(st.just(pa.float64()), st.lists(st.none() | st.floats(allow_nan=False))),
        st.tuples(st.just(pa.bool_()), st.lists(st.none() | st.booleans())),
    ),
    st.integers(0, 2),
)
def test_a_column_is_shown_and_written_like_its_values_one_by_one(
    column: tuple[Any, list[Any]], start: int
) -> None:
    kind, values = column
    expected = list(map(shown, values[start:]))
    found, texts = told(pa.array(values, kind)[start:])
    assert found == expected
    assert texts == list(map(canonical_json, expected))
    assert [json.loads(text) for text in texts] == expected
