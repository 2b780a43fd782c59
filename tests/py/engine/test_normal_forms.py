"""The forms that `x-normalize` asks for, from the step `normalize`."""

import pyarrow as pa
import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from etl_polyglot.schema.record import RecordSchema
from etl_polyglot.schema.registry import SchemaRegistry

from .support import RunJob, normalized_batch


@pytest.fixture(scope="module")
def forms(schemas: SchemaRegistry) -> RecordSchema:
    return schemas.get("forms")


@pytest.mark.parametrize(
    ("column", "text", "normal"),
    [
        ("none", " a  b\n", " a  b\n"),
        ("none", "e\u0301", "e\u0301"),
        ("nfkc", " ﬁne \u00a0１２ ", "fine 12"),
        ("lowercase", " ÀÉ\u0399 Az ", "àéι az"),
        ("uppercase", "straße ab", "STRAẞE AB"),
        ("uppercase", "ABC-1", "ABC-1"),
        ("spaceless", " DE 89\u00a03704\t0044 ", "DE8937040044"),
        ("spaceless", "a \u0301b", "áb"),
        ("digits", "+49 (0)30 / 1234", "490301234"),
        ("digits", "١٢", ""),
        ("wide_digits", "１２-３", "123"),
        ("code", " ａb 1 ", "AB1"),
        ("email", " Jane.DOE@Example.COM ", "jane.doe@example.com"),
        ("literal_email", "Jane@Example.COM", "Jane@Example.COM"),
        ("referred_email", "Jane@Example.COM", "Jane@example.com"),
    ],
)
def test_a_text_has_the_form_that_its_schema_asks_for(
    forms: RecordSchema, column: str, text: str, normal: str
) -> None:
    for others in ([], [None, "", "plain"], ["ü", "X y"]):
        texts = pa.array([*others, text, *others], pa.string())
        batch = pa.record_batch({column: texts})
        together = normalized_batch(batch, forms)[column]
        assert together[len(others)] == normal
        alone = [normalized_batch(batch.slice(at, 1), forms)[column] for at in range(len(texts))]
        assert together == [value for (value,) in alone]
        again = pa.record_batch({column: pa.array(together, pa.string())})
        assert normalized_batch(again, forms)[column] == together


def test_items_and_members_have_the_forms_that_their_schemas_ask_for(job: RunJob) -> None:
    source = '{"labels":["a b","C"],"place":{"country":"de","city":" Köln  "}}\n'
    (row,) = job(source, "forms", "ndjson", transformations=["normalize"]).rows
    assert row["labels"] == ["AB", "C"]
    assert row["place"] == {"country": "DE", "city": "Köln"}


@seed(20261124)
@settings(deadline=None, max_examples=200)
@given(
    st.text(
        st.one_of(st.characters(codec="utf-8"), st.sampled_from(" \u0301\u0345ǰİﬀ¨")), max_size=8
    )
)
def test_what_has_a_form_keeps_it(forms: RecordSchema, text: str) -> None:
    for column in forms.columns:
        if column.kind == "string":
            once = normalized_batch(pa.record_batch({column.name: [text]}), forms)
            assert normalized_batch(pa.record_batch(once), forms) == once


def test_what_normalize_makes_of_a_value_is_judged_where_validation_stands_behind(
    job: RunJob,
) -> None:
    source = '{"country":"de"}\n{"country":" DE"}\n{"country":"DE"}\n{"country":"D"}\n'
    for steps, kept in (
        (["normalize"], 1),
        (["normalize", "validate"], 3),
        (["validate", "normalize"], 1),
    ):
        options = {"transformations": steps, "validation_mode": "lenient"}
        ended = job(source, "place", "ndjson", **options)
        assert [row["country"] for row in ended.rows] == ["DE"] * kept
