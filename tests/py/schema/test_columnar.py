"""Columns get the verdict that their rows get, wherever a batch begins and ends."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_polyglot.schema.generate import ROOT
from etl_polyglot.schema.output import from_text
from etl_polyglot.schema.record import Column, RecordSchema
from etl_polyglot.schema.registry import SchemaRegistry
from etl_polyglot.schema.validator import BatchValidator, LayersDisagreeError

from .support import compiled, doubts, encoded

USERS = SchemaRegistry.load(ROOT / "shared-schemas/records").get("user")
USER = {
    "id": 1,
    "email": "user@example.com",
    "name": "John Doe",
    "age": 30,
    "created_at": "2024-01-01T00:00:00Z",
    "is_active": True,
    "tags": ["premium"],
}
WRONG = [None, True, 0, -1, 0.5, "", "x", [], ["a"], {}, 2**53]
NEAR: dict[str, list[Any]] = {
    "id": [0, 1, 1.0, 2**53 - 1, 2**53, -(2**53), 1.5],
    "email": ["a@b", "a@", "a@b.", "A.b+c@d-e.fg", "a@b\n", "é@b"],
    "name": ["", "n", "😀" * 200, "😀" * 201, "n" * 201],
    "age": [-1, 0, 150, 150.0, 151, -0.0],
    "created_at": [
        "2024-02-29T23:59:59Z",
        "2023-02-29T23:59:59Z",
        "2024-01-01T00:00:00.123456789+14:00",
        "2024-01-01t00:00:00z",
        "2024-01-01 00:00:00Z",
        "2024-01-01T24:00:00Z",
    ],
    "is_active": [True, False, 1, "true"],
    "tags": [[], ["a", "b"], ["a", "a"], [None], ["a", 1], [str(n) for n in range(51)]],
}


@st.composite
def user_rows(draw: st.DrawFn) -> Any:
    if draw(st.integers(0, 19)) == 0:
        return draw(st.sampled_from(WRONG))
    row = dict(USER)
    for name in draw(st.lists(st.sampled_from([*NEAR, "unknown"]), max_size=4)):
        values = [*NEAR.get(name, []), *WRONG] if draw(st.booleans()) else NEAR.get(name, WRONG)
        if draw(st.integers(0, 3)) == 0:
            row.pop(name, None)
        else:
            row[name] = draw(st.sampled_from(values))
    return row


@settings(max_examples=150, deadline=None)
@given(st.lists(user_rows(), max_size=12), st.data())
def test_columns_and_rows_agree_whatever_the_chunks(rows: list[Any], data: st.DataObject) -> None:
    validator = BatchValidator(USERS)
    expected = validator.validate_rows(rows, 100)
    batch = encoded(USERS, rows)
    cut = data.draw(st.integers(0, len(rows)))
    head = validator.validate(batch.slice(0, cut), 100)
    tail = validator.validate(batch.slice(cut), 100 + cut)
    assert head.errors + tail.errors == expected.errors
    whole = validator.validate(batch, 100)
    assert whole.errors == expected.errors
    assert flags(whole.valid, len(rows)) == flags(expected.valid, len(rows))


def flags(valid: Any, count: int) -> list[bool]:
    return [True] * count if valid is None else valid.tolist()


def test_good_users_are_accepted_by_kernels_alone() -> None:
    validator = BatchValidator(USERS)
    tagged = USER | {"tags": ["a", "b", "c"], "created_at": "2024-01-01T00:00:00.5+01:00"}
    batch = validator.to_columns([USER, tagged, {**USER, "age": None, "tags": []}])
    for column in USERS.columns:
        assert doubts(column, batch) is None, column.name


ORDER = {
    "type": "object",
    "required": ["id", "lines"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "note": {"type": ["string", "null"], "maxLength": 5},
        "day": {"type": "string", "format": "date"},
        "at": {"type": "string", "format": "time"},
        "total": {"type": "number", "multipleOf": 0.01, "minimum": 0},
        "grid": {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}},
        "lines": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["sku", "count"],
                "properties": {
                    "sku": {"type": "string", "pattern": "^[A-Z]{2}\\d+$"},
                    "count": {"type": "integer", "minimum": 1},
                    "sent": {"type": "string", "format": "date-time"},
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}
GOOD_ORDER = {
    "id": "2eb8aa08-aa98-11ea-b4aa-73b441d16380",
    "note": None,
    "day": "2024-02-29",
    "at": "12:00:00.5+02:00",
    "total": 19.99,
    "grid": [[1], []],
    "lines": [{"sku": "AB1", "count": 2, "sent": "2024-01-01T01:00:00+01:00"}],
}


@pytest.fixture
def orders(tmp_path: Path) -> RecordSchema:
    return compiled(tmp_path, ORDER, "order")


def test_nested_lists_and_structs_are_judged_by_kernels(orders: RecordSchema) -> None:
    validator = BatchValidator(orders)
    rows: list[Any] = [json.loads(json.dumps(GOOD_ORDER)) for _ in range(4)]
    rows[1]["lines"].append({"sku": "ab1", "count": 0})
    rows[2]["total"] = 0.075
    rows[3]["grid"] = [[2**53]]
    rows[3]["lines"] = []
    batch = encoded(orders, rows)
    verdict = validator.validate(batch, 0)
    assert flags(verdict.valid, 4) == [True, False, False, False]
    assert [(error["index"], error["path"], error["keyword"]) for error in verdict.errors] == [
        (1, "/lines/1/count", "minimum"),
        (1, "/lines/1/sku", "pattern"),
        (2, "/total", "multipleOf"),
        (3, "/grid/0/0", "type"),
        (3, "/lines", "minItems"),
    ]


def test_outputs_have_arrow_types_all_the_way_down(orders: RecordSchema) -> None:
    validator = BatchValidator(orders)
    batch, failed = validator.to_output(validator.to_columns([GOOD_ORDER, GOOD_ORDER]).slice(1))
    assert failed == {}
    row = batch.to_pylist()[0]
    assert str(row["day"]) == "2024-02-29"
    assert str(row["at"]) == "10:00:00.500000"
    assert row["lines"][0]["sent"].isoformat() == "2024-01-01T00:00:00+00:00"
    assert validator.validate(batch, 0).valid is None


def test_text_that_is_no_date_is_null_in_the_output_and_named() -> None:
    validator = BatchValidator(USERS)
    rows = [USER | {"created_at": text} for text in ("2024-01-01T00:00:00Z", "soon", "later")]
    batch, failed = validator.to_output(validator.to_columns(rows))
    assert {name: mask.tolist() for name, mask in failed.items()} == {
        "created_at": [False, True, True]
    }
    assert batch.column("created_at").null_count == 2


def test_a_text_within_a_list_that_is_no_date_names_the_row(orders: RecordSchema) -> None:
    validator = BatchValidator(orders)
    rows = [json.loads(json.dumps(GOOD_ORDER)) for _ in range(3)]
    rows[1]["lines"].append({"sku": "AB1", "count": 1, "sent": "soon"})
    batch, failed = validator.to_output(validator.to_columns(rows).slice(1))
    assert {name: mask.tolist() for name, mask in failed.items()} == {"lines": [True, False]}
    assert [line["sent"] is None for line in batch.to_pylist()[0]["lines"]] == [False, True]


def test_a_text_is_read_or_not_whatever_stands_beside_it(orders: RecordSchema) -> None:
    columns = {column.name: column for column in orders.columns}
    days = ["2024-02-29", "2023-02-29", "2024-1-1", "20240101", " 2024-01-01", "2024-01-01\n"]
    clocks = ["", "00", "0000", "00:00", "24:00", "00:00:00", "23:59:60", "00:00:00.", "00:00.5"]
    clocks += ["00:00:00,5", "00:00:00.1", "00:00:00.1234567", "00:00:00.1234567891"]
    zones = ["", "Z", "z", " Z", "+01", "+1", "+0100", "+01:00", "-23:59", "+24:00", "+01:60"]
    times = [clock + zone for clock in clocks for zone in zones]
    moments = [day + mark + time for day in days for mark in "Tt _" for time in times]
    for name, texts in (("day", days), ("at", times)):
        assert_read_alike(texts, columns[name])
    assert_read_alike(moments, USERS.columns[4])


def assert_read_alike(texts: list[str], column: Column) -> None:
    together = from_text(pa.array(texts), column).to_pylist()
    alone = [from_text(pa.array([text]), column)[0].as_py() for text in texts]
    assert together == alone
    assert None in together
    assert together.count(None) < len(together)


@pytest.mark.parametrize(
    "text", ["0001-01-01T00:00:00+01:00", "0000-06-01T00:00:00Z", "9999-12-31T23:59:59-00:01"]
)
def test_an_instant_outside_the_years_1_to_9999_cannot_be_converted(text: str) -> None:
    validator = BatchValidator(USERS)
    rows = [USER | {"created_at": moment} for moment in (text, "9999-12-31T23:59:59.999999Z")]
    batch, failed = validator.to_output(validator.to_columns(rows))
    assert failed["created_at"].tolist() == [True, False]
    assert batch.column("created_at").null_count == 1


@pytest.mark.parametrize("kind", [pa.timestamp("s", "UTC"), pa.timestamp("us"), pa.timestamp("ms")])
def test_the_verdict_of_a_typed_instant_does_not_depend_on_other_columns(kind: Any) -> None:
    validator = BatchValidator(USERS)
    second = {"s": 1, "ms": 1_000, "us": 1_000_000}[kind.unit]
    far = pa.array([10**12 * second, 0, 10**12 * second]).cast(kind)
    batch = validator.to_columns([USER, USER, USER | {"id": 0}])
    position = batch.schema.get_field_index("created_at")
    errors = validator.validate(batch.set_column(position, "created_at", far), 0).errors
    assert [(error["index"], error["path"], error["keyword"]) for error in errors] == [
        (0, "/created_at", "format"),
        (2, "/created_at", "format"),
        (2, "/id", "minimum"),
    ]


def test_a_null_column_is_absent_and_a_missing_or_unknown_one_is_said() -> None:
    validator = BatchValidator(USERS)
    batch = validator.to_columns([USER, USER])
    without = batch.drop_columns(["email", "age"])
    errors = validator.validate(without, 5).errors
    assert [(error["index"], error["path"], error["keyword"]) for error in errors] == [
        (5, "/email", "required"),
        (6, "/email", "required"),
    ]
    more = batch.append_column("extra", pa.array([None, "x"]))
    errors = validator.validate(more, 0).errors
    assert [(error["index"], error["path"]) for error in errors] == [(1, "/extra")]


def test_columns_of_other_arrow_types_get_the_verdict_of_their_values() -> None:
    validator = BatchValidator(USERS)
    batch = validator.to_columns([USER, USER])
    for name, values, wrong in (
        ("id", pa.array([1.0, 1.5]), [1]),
        ("id", pa.array([0, 7], pa.int8()), [0]),
        ("id", pa.array([2**63, 7], pa.uint64()), [0]),
        ("name", pa.array(["a", ""]).dictionary_encode(), [1]),
        ("name", pa.array(["a", ""], pa.large_string()), [1]),
        ("is_active", pa.array(["true", None]), [0]),
        ("created_at", pa.array([0, None], pa.timestamp("ns", "Europe/Berlin")), [1]),
    ):
        position = batch.schema.get_field_index(name)
        changed = batch.set_column(position, name, values)
        verdict = validator.validate(changed, 0)
        assert [e["index"] for e in verdict.errors] == wrong, (name, str(values.type))


def test_nan_and_infinity_are_no_numbers(orders: RecordSchema) -> None:
    validator = BatchValidator(orders)
    batch = validator.to_columns([GOOD_ORDER] * 3)
    totals = pa.array([float("nan"), float("inf"), None])
    position = batch.schema.get_field_index("total")
    errors = validator.validate(batch.set_column(position, "total", totals), 0).errors
    assert [(e["index"], e["keyword"], e["value"]) for e in errors] == [
        (0, "type", None),
        (1, "type", None),
    ]


def test_an_absent_value_is_no_reason_to_leave_the_kernels(tmp_path: Path) -> None:
    members = {
        "a": {"enum": ["x", "y"]},
        "b": {"type": "number", "exclusiveMinimum": 0.5, "multipleOf": 0.1},
        "c": {"type": "array", "items": {"type": "boolean"}, "uniqueItems": True},
        "d": {"enum": [1, 2, None]},
    }
    schema = compiled(tmp_path, {"type": "object", "properties": members})
    batch = BatchValidator(schema).to_columns([{"a": "x", "b": 0.7, "c": [True], "d": 2}, {}])
    for column in schema.columns:
        assert doubts(column, batch) is None, column.name


def test_past_max_errors_rows_are_judged_but_not_explained() -> None:
    validator = BatchValidator(USERS)
    verdict = validator.validate_rows([{}] * 10, 0, max_errors=5)
    assert len(verdict.errors) == 5
    assert flags(verdict.valid, 10) == [False] * 10


def test_a_model_that_refuses_what_its_schema_admits_is_a_defect() -> None:
    class Stricter(USERS.model):
        never: int

    validator = BatchValidator(dataclasses.replace(USERS, model=Stricter))
    with pytest.raises(LayersDisagreeError, match="the model of user refuses row 7"):
        validator.validate_rows([USER], 7)


def test_x_arrow_gives_outputs_another_type_without_loss(tmp_path: Path) -> None:
    members = {
        "small": {"type": "integer", "minimum": 0, "maximum": 255, "x-arrow": "uint8"},
        "price": {
            "type": ["number", "null"],
            "minimum": -9_999_999,
            "maximum": 9_999_999,
            "multipleOf": 0.01,
            "x-arrow": "decimal128(9,2)",
        },
    }
    schema = compiled(tmp_path, {"type": "object", "properties": members})
    validator = BatchValidator(schema)
    rows = [{"small": 255, "price": cents / 100} for cents in (7, -999_999_900, 123_456_729, 0)]
    batch, failed = validator.to_output(validator.to_columns([*rows, {}]))
    assert not failed
    assert [str(kind) for kind in batch.schema.types] == ["uint8", "decimal128(9, 2)"]
    assert [str(price) for price in batch.column("price").to_pylist()] == [
        *("0.07", "-9999999.00", "1234567.29", "0.00", "None")
    ]
    assert validator.validate(batch, 0).valid is None


def test_an_object_lies_in_columns_of_its_own_wherever_its_schema_stands(tmp_path: Path) -> None:
    address = {
        "type": "object",
        "properties": {"city": {"type": "string"}, "zip": {"type": ["string", "null"]}},
        "additionalProperties": False,
    }
    to_address = {"$ref": "#/$defs/address"}
    named = {"type": "object", "properties": {"zip": {}}, "allOf": [to_address]}
    members = {
        "here": address,
        "there": to_address,
        "named": named,
        # To the closed one, `street` is another member: there, or not.
        "more": {"properties": {"street": {"type": ["string", "null"]}}, "allOf": [to_address]},
    }
    schema = compiled(
        tmp_path, {"type": "object", "properties": members, "$defs": {"address": address}}
    )
    kinds = {column.name: column.kind for column in schema.columns}
    assert kinds == {"here": "struct", "there": "struct", "named": "struct", "more": "json"}
