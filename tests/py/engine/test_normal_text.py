"""The bytes of a column say which of its texts are to be rewritten; none is forgotten by that."""

import re
import unicodedata
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_polyglot.engine.transforms import marked_rows
from etl_polyglot.engine.transforms.normalize import Normalize
from etl_polyglot.schema.registry import SchemaRegistry

WHITE_SPACE = re.compile("[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")

# Letters beside every border of what is surely normal, letters that compose, all white space.
LETTERS = ["a", "Z", "\x1f", "\xbf", "\xc0", "\xe9", "\u02ff", "\u0300", "e\u0301", "\u212b", "가"]
SPACES = [" ", " ", "  ", "\t", "\r\n", "\x85", "\xa0", "\u1680", "\u2000", "\u2028", "\u3000"]
PIECES = st.sampled_from(["a", "b", " "]) | st.sampled_from(LETTERS + SPACES)
TEXTS = st.none() | st.lists(PIECES, max_size=6).map("".join)
ADDRESSES = st.none() | st.lists(st.sampled_from(["a", "B", "@", "É", "x.Y"]), max_size=5).map(
    "".join
)


def by_hand(text: str | None) -> str | None:
    """The normal form of one text."""
    if text is None:
        return None
    return WHITE_SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip(" ")


def by_hand_email(text: str | None) -> str | None:
    """The normal form of one address."""
    if text is None or "@" not in text:
        return text
    local, domain = text.rsplit("@", 1)
    return f"{local}@{domain.lower()}"


@settings(max_examples=300, deadline=None)
@given(st.lists(TEXTS, max_size=8), st.integers(1, 8), st.integers(0, 2))
def test_texts_among_others_are_what_each_is_alone(
    texts: list[str | None], block_bytes: int, skipped: int
) -> None:
    column = pa.array(texts, pa.string())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(marked_rows, "_BLOCK_BYTES", block_bytes)
        whole = pa.record_batch({"text": column}).slice(skipped)
        normal = Normalize(None).normal(whole)
    assert normal.column(0).to_pylist() == [by_hand(text) for text in texts[skipped:]]


@settings(max_examples=200, deadline=None)
@given(texts=st.lists(ADDRESSES, max_size=8))
def test_addresses_among_others_are_what_each_is_alone(
    schemas: SchemaRegistry, texts: list[str | None]
) -> None:
    normal = Normalize(schemas.get("user")).normal(
        pa.record_batch({"email": pa.array(texts, pa.string())})
    )
    assert normal.column(0).to_pylist() == [by_hand_email(text) for text in texts]


def test_an_array_without_texts_needs_no_buffers() -> None:
    nothing: Any = pa.py_buffer(b"")
    empty = pa.Array.from_buffers(pa.string(), 0, [None, nothing, nothing])
    for wanted in marked_rows.OUT_OF_FORM.values():
        assert marked_rows.rows_with(empty, wanted) is None
    assert marked_rows.doubtful_rows(empty, marked_rows.beyond_nfc) is None
