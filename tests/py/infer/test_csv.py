"""Schemas drafted from CSV files."""

import pytest

from etl_polyglot.engine.errors import JobError

from .support import Infer, comment, guess


def column(name: str, values: list[str]) -> str:
    """A CSV file of two columns, the second of which is the one of interest."""
    rows = "".join(f"{place},{value}\n" for place, value in enumerate(values))
    return f"line,{name}\n{rows}"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["1", "20", "300"], {"type": "integer", "minimum": 0}),
        (["1", "-20"], {"type": "integer"}),
        (["1.5", "2"], {"type": "number", "minimum": 0}),
        (["1e3", "-2.5E-2"], {"type": "number"}),
        (["true", "False"], {"type": "boolean"}),
        (["0", "1", "1"], {"type": "integer", "minimum": 0}),
        (["ab", "cde"], {"type": "string", "maxLength": 10}),
        (["a" * 150], {"type": "string", "maxLength": 500}),
        (["2024-01-31", "1999-12-01"], {"type": "string", "format": "date"}),
        (["2024-01-31T00:00:00Z"], {"type": "string", "format": "date-time"}),
        (["10:00:00Z"], {"type": "string", "format": "time"}),
        (["a@b.co", "c@d.org"], {"type": "string", "format": "email"}),
        (["6a4d2b6e-9d1c-4f38-8d5b-1c6c2f0f9c11"], {"type": "string", "format": "uuid"}),
        (["https://a.example/x"], {"type": "string", "format": "uri"}),
        (["note:1"], {"type": "string", "maxLength": 10}),
        (["10.0.0.1"], {"type": "string", "format": "ipv4"}),
        (["::1"], {"type": "string", "format": "ipv6"}),
        (["a@b.co", "nobody"], {"type": "string", "maxLength": 10}),
        (["2024-02-30"], {"type": "string", "maxLength": 20}),
    ],
)
def test_types_and_formats_are_those_of_all_values(infer: Infer, values, expected):
    assert guess(infer(column("x", values)), "x") == expected


def test_leading_zeros_telephone_numbers_and_large_integers_stay_text(infer: Infer):
    inferred = infer("zip,tel,big\n01234,+4989123456,9007199254740993\n55555,+15551234567,-7\n")
    assert guess(inferred, "zip")["type"] == "string"
    assert "leading zeros" in comment(inferred, "zip")
    assert guess(inferred, "tel")["type"] == "string"
    assert guess(inferred, "big") == {
        "type": "string",
        "pattern": "^(0|-?[1-9][0-9]{0,18})$",
        "x-arrow": "int64",
    }


def test_integers_beyond_64_bits_are_plain_text(infer: Infer):
    inferred = infer(column("x", ["12345678901234567890123", "1"]))
    assert guess(inferred, "x") == {"type": "string", "maxLength": 50}


def test_amounts_with_two_decimals_are_exact_decimals(infer: Infer):
    money = {
        "type": "number",
        "minimum": 0,
        "maximum": 9999999999999,
        "multipleOf": 0.01,
        "x-arrow": "decimal128(15,2)",
    }
    assert guess(infer(column("x", ["19.99", "5.00"])), "x") == money
    assert guess(infer(column("unit_price", ["19.99", "5"])), "unit_price") == money
    assert guess(infer(column("x", ["19.99", "5"])), "x") == {"type": "number", "minimum": 0}
    beyond = infer(column("x", ["9999999999999.50", "1.25"]))
    assert guess(beyond, "x") == {"type": "number", "minimum": 0}
    assert beyond.notes == ()


def test_amounts_of_more_digits_than_a_double_holds_are_decimals_as_text(infer: Infer):
    inferred = infer(column("x", ["123456789012345678.25", "-1.5"]))
    assert guess(inferred, "x")["x-arrow"] == "decimal128(38,2)"


def test_few_variants_of_many_values_are_an_enum(infer: Infer):
    states = infer(column("state", ["open", "done"] * 10))
    assert guess(states, "state") == {"type": "string", "enum": ["done", "open"]}
    assert "among these 2" in comment(states, "state")
    assert "enum" not in guess(infer(column("state", ["open", "done"] * 9)), "state")
    assert "enum" not in guess(infer(column("shop_id", ["s1", "s2"] * 10)), "shop_id")
    assert "enum" not in guess(infer(column("area", ["0171", "0172"] * 10)), "area")


def test_a_mixed_column_is_text_and_says_why(infer: Infer):
    inferred = infer(column("x", ["1", "2", "n/a"]))
    assert guess(inferred, "x")["type"] == "string"
    assert "2 of 3 values are numbers, 'n/a' is none" in comment(inferred, "x")
    mended = infer(column("x", ["1", "2", "n/a"]), null_values=("", "n/a"))
    assert guess(mended, "x") == {"type": "integer", "minimum": 0}
    assert mended.document["required"] == ["line"]


def test_an_empty_column_may_be_null_and_is_not_required(infer: Infer):
    inferred = infer("a,b\n1,\n2,\n")
    assert guess(inferred, "b") == {"type": ["string", "null"]}
    assert "every field is empty" in comment(inferred, "b")
    assert inferred.document["required"] == ["a"]


def test_fields_of_json_are_arrays_and_objects(infer: Infer):
    inferred = infer('a;b\n[1,2];"{""x"":1}"\n[];"{""x"":2,""y"":""z""}"\n')
    assert guess(inferred, "a")["items"]["type"] == "integer"
    assert guess(inferred, "b")["required"] == ["x"]
    assert list(guess(inferred, "b")["properties"]) == ["x", "y"]


def test_the_key_is_the_first_unique_column_named_as_one(infer: Infer):
    inferred = infer("at,weight,user_id,id\n1,0.5,7,1\n2,0.6,7,2\n3,0.7,8,3\n")
    assert inferred.document["x-primary-key"] == ["id"]
    assert "also never twice the same: at." in inferred.document["$comment"]


@pytest.mark.parametrize("ids", [["1", "+1"], ["-0", "0"], ["true", "True"], ["[1]", "[ 1]"]])
def test_fields_that_are_one_value_in_two_spellings_are_no_key(infer: Infer, ids):
    inferred = infer(f"id,x\n{ids[0]},a\n{ids[1]},a\n")
    assert guess(inferred, "id")["type"] != "string"
    assert "x-primary-key" not in inferred.document
    assert "never twice" not in inferred.document["$comment"]


def test_digits_that_stay_text_are_a_key_by_their_text(infer: Infer):
    assert infer("id,x\n01,a\n1,a\n").document["x-primary-key"] == ["id"]


def test_members_have_the_order_of_the_file(infer: Infer):
    names = ["z", "10", "b", "2", "a"]
    inferred = infer(",".join(names) + "\n" + ",".join("12345") + "\n")
    assert list(inferred.document["properties"]) == names


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a,b,a\n1,2,3\n", "'a' stands there 2 times"),
        ("a,,c,\n1,2,3,4\n", "no name to column 2, 4"),
        ("a,$row\n1,2\n", "rename it"),
        ("a,b\n", "no record"),
        ("a,b\n1\n", "none of its 1 records can be read"),
    ],
)
def test_a_header_that_gives_no_schema_is_refused_with_the_reason(infer: Infer, text, told):
    with pytest.raises(JobError) as refused:
        infer(text)
    assert refused.value.code == "COLUMNS_MISMATCH"
    assert told in str(refused.value)


def test_a_header_that_looks_like_a_record_is_told(infer: Infer):
    assert "first line" in infer("7,Ann,a@b.co\n8,Bob,b@b.co\n").notes[0]
    assert "first line" in infer("7,note\n8,\n9,\n").notes[0]
    assert infer("1990,1991\n3,4\n5,6\n").notes == ()
    assert infer("id,name,mail\n8,Bob,b@b.co\n").notes == ()


def test_records_that_cannot_be_read_are_told_and_not_judged_by(infer: Infer):
    inferred = infer('a,b\n1,2\n3\n4,5\n"x"y,1\n')
    assert guess(inferred, "a") == {"type": "integer", "minimum": 0}
    assert inferred.records == 2
    assert inferred.notes[0].startswith("2 records cannot be read")
