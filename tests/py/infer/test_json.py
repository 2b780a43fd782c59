"""Schemas drafted from JSON and NDJSON files."""

import json
from uuid import UUID

import pytest

from etl_polyglot.engine.errors import JobError

from .support import Infer, comment, guess


def test_nulls_and_absent_members_are_told_apart(infer: Infer):
    inferred = infer([{"a": 1, "b": None, "c": "x"}, {"a": 2, "b": True}])
    assert inferred.document["required"] == ["a", "b"]
    assert guess(inferred, "b") == {"type": ["boolean", "null"]}
    assert comment(inferred, "b") == "the one value is a boolean; besides, 1 is null"
    assert guess(inferred, "c") == {"type": "string", "maxLength": 10}


def test_nested_objects_and_arrays_have_schemas_of_their_own(infer: Infer):
    inferred = infer([{"a": {"b": [{"c": 1}, {"c": 2, "d": "x"}]}}, {"a": {"b": []}}])
    nested = guess(inferred, "a")
    assert nested["required"] == ["b"]
    assert nested["additionalProperties"] is False
    items = nested["properties"]["b"]["items"]
    assert items["required"] == ["c"]
    assert list(items["properties"]) == ["c", "d"]


def test_a_member_of_several_types_is_a_union(infer: Infer):
    inferred = infer([{"a": 1}, {"a": "x"}, {"a": None}, {"a": "y"}])
    assert guess(inferred, "a") == {"type": ["integer", "string", "null"]}
    assert "mixed: 1 integers, 2 strings" in comment(inferred, "a")


def test_only_nulls_and_only_empty_arrays_say_so(infer: Infer):
    inferred = infer([{"a": None, "b": []}])
    assert guess(inferred, "a") == {"type": ["string", "null"]}
    assert guess(inferred, "b") == {"type": "array"}
    assert "not known" in comment(inferred, "b")


def test_an_enum_that_may_be_null_has_null(infer: Infer):
    rows = [{"a": value} for value in ["x", "y", None] * 10]
    assert guess(infer(rows), "a") == {"type": ["string", "null"], "enum": ["x", "y", None]}


def test_objects_with_data_for_names_are_open(infer: Infer):
    inferred = infer([{"a": {f"k{place}": 1 for place in range(1000)}}])
    assert "additionalProperties" not in guess(inferred, "a")


def test_json_integers_beyond_doubles_are_numbers_with_a_warning(infer: Infer):
    inferred = infer([{"a": 9007199254740993}, {"a": 1}])
    assert guess(inferred, "a") == {"type": "number", "minimum": 0}
    assert "rounded" in comment(inferred, "a")


def test_amounts_of_money_by_name_are_exact_decimals(infer: Infer):
    inferred = infer([{"price": 1.25, "size": 1.25}, {"price": 2, "size": 3.5}])
    assert guess(inferred, "price")["x-arrow"] == "decimal128(15,2)"
    assert guess(inferred, "size") == {"type": "number", "minimum": 0}


@pytest.mark.parametrize("beyond", [10**14, -(10**13), 9999999999999.5])
def test_amounts_beyond_an_exact_decimal_are_numbers(infer: Infer, beyond):
    inferred = infer([{"price": 1.5}, {"price": beyond}])
    assert guess(inferred, "price")["type"] == "number"
    assert "x-arrow" not in guess(inferred, "price")
    assert "exact" not in comment(inferred, "price")
    assert inferred.notes == ()


def test_the_key_is_named_as_one_or_a_uuid(infer: Infer):
    rows = [{"weight": 5, "id": 1}, {"weight": 6, "id": 2}]
    assert infer(rows).document["x-primary-key"] == ["id"]
    assert "also never twice the same: weight." in infer(rows).document["$comment"]
    assert "x-primary-key" not in infer([{"weight": 5}, {"weight": 6}]).document
    ids = [{"weight": place, "ref": str(UUID(int=place))} for place in range(2)]
    assert infer(ids).document["x-primary-key"] == ["ref"]


def test_points_in_time_are_no_key_as_one_has_many_spellings(infer: Infer):
    rows = [{"id": "2024-01-01T08:00:00Z"}, {"id": "2024-01-01T10:00:00+02:00"}]
    assert "x-primary-key" not in infer(rows).document


def test_a_member_that_may_be_null_is_no_key(infer: Infer):
    assert "x-primary-key" not in infer([{"id": 1}, {"id": None}, {"id": 2}]).document
    assert infer([{"id": "a"}, {"id": "b"}]).document["x-primary-key"] == ["id"]


def test_one_array_is_read_as_well_as_lines(infer: Infer):
    rows = [{"b": 1, "a": "x"}, {"b": 2}]
    lines, array = infer(rows), infer(json.dumps(rows), "json")
    assert array.document["properties"] == lines.document["properties"]


def test_lines_that_are_no_objects_are_told(infer: Infer):
    inferred = infer('{"a":1}\n[1]\nnonsense\n{"a":2}\n', "ndjson")
    assert inferred.records == 2
    assert inferred.notes[0].startswith("2 records cannot be read")


@pytest.mark.parametrize("text", ["[1,2]", "[]"])
def test_a_file_without_objects_is_refused(infer: Infer, text):
    with pytest.raises(JobError, match=r"records? "):
        infer(text, "json")
