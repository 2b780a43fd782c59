"""Schemas drafted from Parquet and Arrow files."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pyarrow as pa

from .support import Infer, comment, guess


def test_the_types_of_columns_are_kept(infer: Infer):
    table = pa.table(
        {
            "i64": pa.array([1, 2**53 - 1]),
            "wide": pa.array([1, 2**60]),
            "u64": pa.array([1, 2**64 - 1], pa.uint64()),
            "i8": pa.array([-1, 5], pa.int8()),
            "u16": pa.array([1, 5], pa.uint16()),
            "f": pa.array([1.5, -2.0]),
            "at": pa.array([datetime(2024, 1, 1, tzinfo=UTC)] * 2),
            "day": pa.array([date(2024, 1, 1)] * 2),
            "clock": pa.array([time(1, 2)] * 2),
            "money": pa.array([Decimal("1.50"), Decimal("2.25")], pa.decimal128(9, 2)),
            "long": pa.array([Decimal("1.50"), Decimal("2.25")], pa.decimal128(38, 2)),
        }
    )
    inferred = infer(table)
    assert guess(inferred, "i64") == {"type": "integer", "minimum": 0}
    assert guess(inferred, "wide")["x-arrow"] == "int64"
    assert guess(inferred, "u64")["x-arrow"] == "uint64"
    assert guess(inferred, "i8") == {
        "type": "integer",
        "minimum": -128,
        "maximum": 127,
        "x-arrow": "int8",
    }
    assert guess(inferred, "u16")["x-arrow"] == "uint16"
    assert guess(inferred, "f") == {"type": "number"}
    assert guess(inferred, "at") == {"type": "string", "format": "date-time"}
    assert guess(inferred, "day") == {"type": "string", "format": "date"}
    assert guess(inferred, "clock") == {"type": "string", "format": "time"}
    assert guess(inferred, "money")["x-arrow"] == "decimal128(9,2)"
    assert guess(inferred, "money")["type"] == "number"
    assert guess(inferred, "long")["type"] == "string"
    assert guess(inferred, "long")["x-arrow"] == "decimal128(38,2)"


def test_nested_columns_have_nested_schemas(infer: Infer):
    inferred = infer(
        pa.table(
            {
                "list": [[1, None], []],
                "struct": [{"a": "x", "b": None}, {"a": "y", "b": 1}],
                "none": pa.nulls(2),
                "map": pa.array([[("k", 1)], []], pa.map_(pa.string(), pa.int64())),
            }
        )
    )
    assert guess(inferred, "list")["items"]["type"] == ["integer", "null"]
    assert guess(inferred, "struct")["required"] == ["a"]
    assert guess(inferred, "none") == {"type": ["string", "null"]}
    assert guess(inferred, "map") == {}


def test_columns_of_bytes_are_left_out_and_told(infer: Infer):
    inferred = infer(pa.table({"a": [1], "b": [b"x"]}))
    assert list(inferred.document["properties"]) == ["a"]
    assert "additionalProperties" not in inferred.document
    assert "b" in inferred.notes[0]


def test_a_guess_that_the_file_does_not_keep_is_taken_out(infer: Infer):
    inferred = infer(pa.table({"a": [1.5, float("nan")], "b": [1, 2]}))
    assert guess(inferred, "a") == {}
    assert "anything is let through" in comment(inferred, "a")
    assert inferred.notes == ("taken out, as the file does not keep it: everything of /a",)


def test_the_key_is_named_as_one(infer: Infer):
    table = pa.table({"weight": [5, 6], "id": [1, 2]})
    assert infer(table).document["x-primary-key"] == ["id"]
    assert "x-primary-key" not in infer(table.select(["weight"])).document
