"""What a plan says of a column is what the kernels really do with its values."""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_polyglot.schema.generate import ROOT
from etl_polyglot.schema.plan import Fallback, plan
from etl_polyglot.schema.registry import SchemaRegistry
from etl_polyglot.schema.validator import BatchValidator

from .support import compiled, encoded

Subject = tuple[dict[str, Any], list[Any]]
"""A schema, and ordinary values that fit it, two at least."""

SCALARS: list[Subject] = [
    ({"type": "integer", "minimum": 1, "multipleOf": 2}, [2, 4]),
    ({"type": "number", "multipleOf": 0.01}, [0.07, 19.99]),
    ({"type": "number", "multipleOf": 1e-14}, [1e-14, 0.5]),
    ({"type": "boolean"}, [True, False]),
    ({"enum": ["a", "b"]}, ["a", "b"]),
    ({"type": "string", "minLength": 1, "pattern": "^[a-z]+$"}, ["a", "bc"]),
    ({"type": "string", "format": "date-time"}, ["2024-01-01T00:00:00Z", "2024-01-01T01:00:00Z"]),
    ({"type": "string", "format": "date", "maxLength": 10}, ["2024-01-01", "2024-02-29"]),
    ({"type": "string", "format": "regex"}, ["a", "^b+$"]),
    ({"type": ["integer", "null"]}, [1, 2]),
    ({"type": ["integer", "string"]}, [1, "a"]),
    ({}, [1, {"x": []}]),
    ({"type": "object"}, [{"x": 1}, {}]),
    ({"type": "object", "properties": {"k": {}}, "minProperties": 1}, [{"k": 1}, {"k": 2}]),
]


def _list(inner: Subject, unique: bool) -> Subject:
    schema, values = inner
    return (
        {"type": "array", "items": schema, **({"uniqueItems": True} if unique else {})},
        [values[:2], values[1:2]],
    )


def _object(inner: Subject, closed: bool) -> Subject:
    schema, values = inner
    return (
        {
            "type": "object",
            "required": ["m"],
            "properties": {"m": schema},
            **({"additionalProperties": False} if closed else {}),
        },
        [{"m": value} for value in values],
    )


def _all_of(inner: Subject) -> Subject:
    schema, values = inner
    return {"allOf": [schema, {"description": "the same"}]}, values


def _referred(inner: Subject) -> Subject:
    schema, values = inner
    return {"$defs": {"it": schema}, "$ref": "#/properties/a/$defs/it"}, values


def _grown(inner: st.SearchStrategy[Subject]) -> st.SearchStrategy[Subject]:
    return st.one_of(
        st.builds(_list, inner, st.booleans()),
        st.builds(_object, inner, st.booleans()),
        st.builds(_all_of, inner),
    )


subjects = st.recursive(st.sampled_from(SCALARS), _grown, max_leaves=3)
outermost = st.one_of(subjects, st.builds(_referred, subjects))


@settings(max_examples=120, deadline=None, print_blob=True)
@given(outermost)
def test_a_column_is_judged_as_its_plan_says(subject: Subject) -> None:
    member, values = subject
    document = {"type": "object", "properties": {"a": member}, "additionalProperties": False}
    with tempfile.TemporaryDirectory() as folder:
        schema = compiled(Path(folder), document)
    found = BatchValidator(schema).judge_columns(encoded(schema, [{"a": one} for one in values]))
    assert found.wrong is None
    judged = plan(schema)
    assert judged.record == ()
    assert bool(judged.columns["a"]) == (found.unsure is not None)


@pytest.mark.parametrize(
    ("member", "pointer", "reason"),
    [
        ({"type": ["object", "string"]}, "", "a union of object and string lies as JSON text"),
        ({"type": "object"}, "", "an open object lies as JSON text"),
        ({}, "", "a value of any type lies as JSON text"),
        ({"type": "array"}, "", "an array of any items lies as JSON text"),
        (
            {"type": "array", "prefixItems": [{"type": "integer"}]},
            "",
            "an array with a schema for each place lies as JSON text",
        ),
        (
            {"type": "array", "items": {"type": ["boolean", "integer", "string"]}},
            "/items",
            "a union of boolean, integer and string lies as JSON text",
        ),
        (
            {"oneOf": [{"type": "object", "required": ["a"]}, {"type": "object"}]},
            "",
            "a union of objects lies as JSON text",
        ),
        (
            {
                "type": "object",
                "properties": {"a": {"$ref": "#/properties/a"}},
                "additionalProperties": False,
            },
            "",
            "an object that may have others of its kind inside lies as JSON text",
        ),
        (
            {
                "type": "object",
                "properties": {"k": {}},
                "additionalProperties": False,
                "maxProperties": 1,
            },
            "/maxProperties",
            "an object in which null and absent differ lies as JSON text",
        ),
        (
            {
                "type": "array",
                "items": {"type": "array", "items": {"type": "integer"}},
                "uniqueItems": True,
            },
            "/uniqueItems",
            "items that are lists or objects are compared row by row",
        ),
        (
            {"type": "number", "anyOf": [{"minimum": 1}, {"multipleOf": 1e-14}]},
            "/anyOf/1/multipleOf",
            "no double holds multiples of so small a step exactly",
        ),
    ],
)
def test_a_column_that_falls_back_says_where_and_why(
    member: dict[str, Any], pointer: str, reason: str, tmp_path: Path
) -> None:
    schema = compiled(tmp_path, {"type": "object", "properties": {"a": member}})
    assert plan(schema).columns["a"] == (Fallback(f"/properties/a{pointer}", reason),)


def test_a_column_whose_value_another_keyword_of_the_record_judges_names_that(
    tmp_path: Path,
) -> None:
    document = {
        "type": "object",
        "properties": {"a": {"type": "number"}, "b": {"type": "number"}},
        "patternProperties": {"^a": {"multipleOf": 1e-13}},
        "if": {"properties": {"b": {"multipleOf": 1e-13}}},
        "then": {"required": ["a"]},
    }
    columns = plan(compiled(tmp_path, document)).columns
    pointers = {name: [one.pointer for one in found] for name, found in columns.items()}
    assert pointers == {
        "a": ["/patternProperties/^a/multipleOf"],
        "b": ["/if/properties/b/multipleOf"],
    }


@pytest.mark.parametrize(
    ("more", "fallback"),
    [
        (
            {"patternProperties": {"^x-": {"type": "string"}}},
            Fallback("/patternProperties", "rows with a member that has no column"),
        ),
        (
            {"additionalProperties": {"type": "string"}},
            Fallback("/additionalProperties", "rows with a member that has no column"),
        ),
        (
            {"minProperties": 1},
            Fallback("/minProperties", "rows in which an optional member is null"),
        ),
    ],
)
def test_a_record_says_which_rows_pydantic_judges_whatever_their_columns(
    more: dict[str, Any], fallback: Fallback, tmp_path: Path
) -> None:
    document = {"type": "object", "properties": {"a": {"type": ["integer", "null"]}}, **more}
    schema = compiled(tmp_path, document)
    judged = plan(schema)
    assert judged.columns == {"a": ()}
    assert fallback in judged.record
    assert BatchValidator(schema).judge_columns(encoded(schema, [{"a": 1}])).suspects is None


def test_no_row_of_the_built_in_tables_falls_back() -> None:
    registry = SchemaRegistry.load(ROOT / "shared-schemas/records")
    for name in ("user", "order", "birdstrike", "flight", "movie", "zipcode"):
        judged = plan(registry.get(name))
        assert not any(judged.columns.values()), name
        assert judged.record == (), name
