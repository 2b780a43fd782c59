"""Texts of the usual form of a format are what the format's expression takes."""

import re
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_polyglot.generated.formats import FORMATS
from etl_polyglot.schema.arrow import Array
from etl_polyglot.schema.columnar import kernels
from etl_polyglot.schema.columnar.kernels import text_judged
from etl_polyglot.schema.columnar.usual_forms import surely
from etl_polyglot.schema.formats import has_format

USUAL = {
    "date-time": ["2024-01-01T00:00:00Z", "2024-12-31T23:59:59Z", "0001-01-01T00:00:00Z"],
    "date": ["2024-01-01", "2024-02-28", "0001-01-01", "9999-12-31"],
    "email": ["a@b", "John.Doe+news@mail-1.example.com", "x_y-z@1.2", "j@" + "e" * 62],
}
NEAR = [
    *("2024-01-01T00:00:00.5Z", "2024-01-01 00:00:00Z", "2024-01-01T00:00Z", "2023-02-29"),
    *("2024-01-01T00:00:00+01:00", "2023-02-29T00:00:00Z", "0000-01-01T00:00:00Z", "0000-01-01"),
    *("2024-01-01T24:00:00Z", "2024-01-01T00:00:60Z", "2024-01-01T00:00:00.Z", "", "Z", "@", "a"),
    *("2024-01-01T00:00:00.123456789Z", "2024-01-01T00:00:00Z ", "2024-1-1", "２０２４-01-01"),
    *("a@b@c", "a@", "@b", ".a@b", "a.@b", "a..b@c", "a@b-", "a@-b", "a@b..c", "a@b_c", "é@b"),
    *('"a b"@c', "a@[127.0.0.1]", "-a@b", "a-.b@c", "a@b.", "a@" + "e" * 64, "a b@c", "a@b\n"),
]


@pytest.mark.parametrize("name", USUAL)
@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_the_usual_form_is_seen(name: str, kind: Any) -> None:
    found = surely(pa.array(["x@", *USUAL[name], "", None], kind)[1:-2], name)
    assert found is not None
    assert found.all()


def changed(text: str, at: int, by: str) -> str:
    return text[: at % (len(text) + 1)] + by + text[at % (len(text) + 1) + len(by) :]


TEXTS = st.sampled_from([*(text for texts in USUAL.values() for text in texts), *NEAR])
CHANGED = st.builds(changed, TEXTS, st.integers(0, 30), st.sampled_from([*"0569:.TZz+-@_ a", ""]))


@settings(max_examples=1000, deadline=None)
@given(
    st.lists(st.one_of(TEXTS, CHANGED, st.none()), min_size=1, max_size=8),
    st.sampled_from([*USUAL]),
)
def test_what_is_taken_for_usual_fits_the_expression(texts: list[str | None], name: str) -> None:
    array = pa.array(texts, pa.string())
    # None of the differences between Python's dialect and ours is in these expressions.
    fits = [text is None or re.fullmatch(FORMATS[name], text) is not None for text in texts]
    found = surely(array, name)
    assert found is not None
    for text, is_sure, is_fit in zip(texts, found.tolist(), fits, strict=True):
        assert is_fit or not is_sure, text
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernels, "_FEW", -1)
        assert unfit(array, name) == [not is_fit for is_fit in fits]
    assert unfit(array, name) == [not (text is None or has_format(text, name)) for text in texts]


def unfit(array: Array, name: str) -> list[bool]:
    wrong = text_judged(array, {"format": name}).wrong
    return [False] * len(array) if wrong is None else wrong.tolist()
