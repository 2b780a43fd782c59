"""A schema that does not compile says where, why, and what to write instead."""

import json
from pathlib import Path
from typing import Any

import pytest

from etl_polyglot.generated.formats import FORMATS
from etl_polyglot.schema.__main__ import main
from etl_polyglot.schema.load import load_source
from etl_polyglot.schema.parse import parse_record
from etl_polyglot.schema.problem import SchemaError
from etl_polyglot.schema.profile import REFUSED


def problems(folder: Path, text: str) -> list[tuple[str, str, str]]:
    path = folder / "subject.schema.json"
    path.write_text(text, "utf-8")
    with pytest.raises(SchemaError) as caught:
        parse_record(load_source(path), FORMATS)
    return [(one.pointer, one.reason, one.instead) for one in caught.value.problems]


def of_member(member: Any) -> str:
    return json.dumps({"type": "object", "properties": {"a": member}})


@pytest.mark.parametrize(
    ("member", "pointer", "reason", "instead"),
    [
        ({"type": "string", "minLenght": 1}, "/minLenght", "not known", "did you mean minLength?"),
        ({"type": "string", "wibble": 1}, "/wibble", "not known", "remove it"),
        ({"type": "strnig"}, "/type", "strnig is no type", "did you mean string?"),
        ({"type": []}, "/type", "list of types", "use null"),
        ({"type": "string", "format": "emial"}, "/format", "not known", "did you mean email?"),
        ({"type": "string", "format": "iri"}, "/format", "not known", "or pattern"),
        ({"type": "string", "pattern": "(?=a)"}, "/pattern", "lookahead", "instead"),
        ({"type": "string", "pattern": "(?<!a)"}, "/pattern", "lookbehind", "whole text"),
        ({"type": "string", "pattern": "(a)\\1"}, "/pattern", "backreferences", "write the text"),
        ({"type": "string", "pattern": "\\bx"}, "/pattern", "\\b", "neighbours"),
        ({"type": "string", "pattern": "(?i)x"}, "/pattern", "flags", "[Aa]"),
        ({"type": "string", "pattern": "a{2000}"}, "/pattern", "1000", "maxLength"),
        ({"type": "string", "pattern": "(a{40}){40}"}, "/pattern", "1000", "smaller"),
        ({"type": "string", "pattern": "(" * 60 + ")" * 60}, "/pattern", "nested", "flatten"),
        ({"type": "string", "pattern": ".{999}" * 11}, "/pattern", "too large", "maxLength"),
        ({"type": "string", "pattern": "a{,2}"}, "/pattern", "{", "\\{"),
        ({"type": "string", "pattern": "[^]"}, "/pattern", "engines", "name the characters"),
        ({"type": "string", "pattern": "[z-a]"}, "/pattern", "out of order", "low-high"),
        ({"type": "string", "pattern": "\\A"}, "/pattern", "no escape", "write A"),
        ({"type": "string", "pattern": "(a"}, "/pattern", "not closed", "close it"),
        ({"type": "string", "pattern": "a)"}, "/pattern", "closes nothing", "\\)"),
        ({"type": "string", "pattern": "a**"}, "/pattern", "repeated", "(?:"),
        ({"type": "integer", "maximum": 2**53}, "/maximum", "beyond", "type number"),
        ({"type": "number", "minimum": "1"}, "/minimum", "not a number", "write a number"),
        ({"type": "string", "minLength": -1}, "/minLength", "not a count", "from 0"),
        ({"type": "number", "multipleOf": 0}, "/multipleOf", "above 0", "above 0"),
        ({"enum": [1, 1.0]}, "/enum", "twice", "once"),
        ({"items": 1}, "/items", "object or a boolean", "write {}"),
        ({"$ref": "#/nowhere"}, "/$ref", "not a schema of this document", "$defs"),
        ({"$ref": "https://example.com/schema"}, "/$ref", "not a schema", "$defs"),
        ({"$ref": "#/properties/a"}, "/$ref", "back to itself", "on a member"),
        ({"patternProperties": {"(?=a)": {}}}, "/patternProperties/(?=a)", "lookahead", "instead"),
        ({"dependentRequired": {"a": "b"}}, "/dependentRequired", "lists of names", "[names]"),
        ({"anyOf": []}, "/anyOf", "list of schemas", "[schema"),
        ({"type": "integer", "x-arrow": "int32"}, "/x-arrow", "beyond int32", "minimum"),
        ({"type": "string", "x-arrow": "int32"}, "/x-arrow", "for integers", "integer"),
        ({"type": "integer", "x-arrow": "itn32"}, "/x-arrow", "no type", "did you mean int32?"),
        ({"type": "number", "x-arrow": "decimal128(9,2)"}, "/x-arrow", "more decimals", "0.01"),
        ({"type": "integer", "x-arrow": "decimal128(9,2)"}, "/x-arrow", "beyond", "±9999999"),
        ({"type": "string", "pattern": "\\p{Nope}"}, "/pattern", "\\p{Nope}", "general category"),
        ({"type": "string", "x-primary-key": []}, "/x-primary-key", "document", "root"),
        (
            {"type": "object", "required": ["b"], "additionalProperties": False},
            "/required/0",
            "nothing fits",
            "properties",
        ),
    ],
)
def test_a_member_that_does_not_compile_is_named(
    member: Any, pointer: str, reason: str, instead: str, tmp_path: Path
) -> None:
    (found,) = problems(tmp_path, of_member(member))
    assert found[0] == f"/properties/a{pointer}"
    assert reason in found[1]
    assert instead in found[2]


@pytest.mark.parametrize("keyword", REFUSED)
def test_every_keyword_outside_the_profile_says_the_way_round_it(
    keyword: str, tmp_path: Path
) -> None:
    (found,) = problems(tmp_path, of_member({"type": "string", keyword: {}}))
    assert found == (
        f"/properties/a/{keyword}",
        f"{keyword} is not of the profile",
        REFUSED[keyword],
    )


@pytest.mark.parametrize(
    ("text", "pointer", "reason"),
    [
        ("{", "", "not strict JSON"),
        ("[]", "", "not a JSON object"),
        ('{"type": "object", "type": "object"}', "", "stands twice"),
        ('{"type": "object", "minimum": NaN}', "", "NaN is not JSON"),
        ('{"type": "object", "minimum": 1e400}', "", "range of a double"),
        ('{"type": "object", "title": "\\ud800"}', "", "lone surrogate"),
        ('{"type": "array"}', "/type", "a record is an object"),
        ('{"type": "object", "$schema": "https://json-schema.org/v1"}', "/$schema", "dialect"),
        ('{"type": "object", "x-primary-key": ["id"]}', "/x-primary-key/0", "id is no property"),
    ],
)
def test_a_document_that_does_not_compile_is_named(
    text: str, pointer: str, reason: str, tmp_path: Path
) -> None:
    (found,) = problems(tmp_path, text)
    assert found[0] == pointer
    assert reason in found[1]


def test_pointers_escape_names_and_all_problems_are_given(tmp_path: Path) -> None:
    text = json.dumps(
        {"type": "object", "properties": {"a/b~c": {"type": "x"}, "d": {"oneOf": []}}}
    )
    pointers = [pointer for pointer, _, _ in problems(tmp_path, text)]
    assert pointers == ["/properties/a~1b~0c/type", "/properties/d/oneOf"]


def test_the_command_prints_one_problem_a_line_for_all_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "one.schema.json").write_text(of_member({"type": "string", "minLenght": 1}))
    (tmp_path / "two.schema.json").write_text("{")
    arguments = ["compile", "--dir", str(tmp_path), "--cache", str(tmp_path / "cache")]
    assert main([*arguments, "--zod", "z", "--checks", "c", "--json"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    first, second = printed.err.splitlines()
    assert first == (
        f"{tmp_path}/two.schema.json#: is not strict JSON: Expecting property name enclosed in "
        "double quotes: line 1 column 2 (char 1); write one JSON object"
    )
    assert second == (
        f"{tmp_path}/one.schema.json#/properties/a/minLenght: the keyword minLenght is not "
        "known; did you mean minLength?"
    )


def test_a_file_whose_name_is_no_schema_name_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "a b.schema.json"
    path.write_text(of_member({}))
    with pytest.raises(SchemaError, match="its name is not that of a schema; name the file with"):
        load_source(path)


def test_a_folder_without_schemas_is_a_problem(tmp_path: Path) -> None:
    arguments = ["--cache", str(tmp_path), "--zod", "z", "--checks", "c"]
    assert main(["compile", "--dir", str(tmp_path / "absent"), *arguments]) == 2
    assert main(["compile", "--dir", str(tmp_path), *arguments]) == 2
