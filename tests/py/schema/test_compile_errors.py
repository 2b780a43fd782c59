"""A schema that does not compile says where, why, and what to write instead."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from etl_polyglot.generated.formats import FORMATS
from etl_polyglot.schema.__main__ import main
from etl_polyglot.schema.checked import check_folder
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
        ({"type": "string", "pattern": "^\\p{L}{1,250}$"}, "/pattern", "too large", "maxLength"),
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
        ({"$ref": "#/nowhere"}, "/$ref", "leads to nothing", "#/$defs/NAME"),
        ({"$ref": "https://example.com/schema"}, "/$ref", "none is fetched", "copy it into $defs"),
        ({"$ref": "order.schema.json"}, "/$ref", "another document", "copy it into $defs"),
        ({"$ref": "#/properties/a"}, "/$ref", "back to itself", "on a member"),
        ({"patternProperties": {"(?=a)": {}}}, "/patternProperties/(?=a)", "lookahead", "instead"),
        ({"dependentRequired": {"a": "b"}}, "/dependentRequired", "lists of names", "[names]"),
        ({"anyOf": []}, "/anyOf", "list of schemas", "[schema"),
        ({"type": "integer", "x-arrow": "int32"}, "/x-arrow", "beyond int32", "minimum"),
        ({"type": "string", "x-arrow": "int32"}, "/x-arrow", "for integers", "integer"),
        ({"type": "integer", "x-arrow": "itn32"}, "/x-arrow", "no type", "did you mean int32?"),
        ({"type": "number", "x-arrow": "decimal128(9,2)"}, "/x-arrow", "more decimals", "0.01"),
        ({"type": "integer", "x-arrow": "decimal128(9,2)"}, "/x-arrow", "beyond", "±9999999"),
        ({"type": "integer", "x-arrow": "int64"}, "/x-arrow", "int64 anyhow", '"string"'),
        ({"type": "string", "format": "uuid", "x-arrow": "int64"}, "/x-arrow", "uuid", "pattern"),
        ({"type": "boolean", "x-arrow": "decimal128(9,2)"}, "/x-arrow", "numbers and", "number"),
        ({"type": "string", "x-arrow": "decimal128(39,2)"}, "/x-arrow", "38", "(18,2)"),
        ({"type": "string", "x-arrow": "decimal128(2,3)"}, "/x-arrow", "38", "(18,2)"),
        (
            {"type": "string", "format": "uuid", "x-arrow": "decimal128(9,2)"},
            "/x-arrow",
            "a uuid is no decimal",
            "pattern",
        ),
        ({"type": "string", "x-normalize": "digits"}, "/x-normalize", "not a list", "[forms]"),
        ({"type": "string", "x-normalize": []}, "/x-normalize", "not a list", "[forms]"),
        (
            {"type": "string", "x-normalize": ["lowercase", "lowercase"]},
            "/x-normalize",
            "different forms",
            "[forms]",
        ),
        (
            {"type": "string", "x-normalize": ["lower-case"]},
            "/x-normalize",
            "lower-case is no form",
            "did you mean lowercase?",
        ),
        (
            {"type": "string", "x-normalize": ["trim"]},
            "/x-normalize",
            "trim is no form",
            "use none, nfkc",
        ),
        (
            {"type": "string", "x-normalize": ["none", "nfkc"]},
            "/x-normalize",
            "as it is",
            '["none"] alone',
        ),
        (
            {"type": "string", "x-normalize": ["uppercase", "lowercase"]},
            "/x-normalize",
            "no text is in lower and",
            "leave one",
        ),
        ({"type": "integer", "x-normalize": ["digits"]}, "/x-normalize", "only strings", "string"),
        (
            {"type": ["string", "integer"], "x-normalize": ["digits"]},
            "/x-normalize",
            "only strings",
            "string",
        ),
        ({"enum": ["a"], "x-normalize": ["nfkc"]}, "/x-normalize", "only strings", "string"),
        (
            {"type": "string", "format": "date", "x-normalize": ["nfkc"]},
            "/x-normalize",
            "a date has its one form",
            "leave it out",
        ),
        (
            {"anyOf": [{"type": "string", "x-normalize": ["nfkc"]}, {"type": "null"}]},
            "/anyOf/0/x-normalize",
            "no column takes it",
            "on a member",
        ),
        (
            {"type": "object", "properties": {"b": {"type": "string", "x-normalize": ["nfkc"]}}},
            "/properties/b/x-normalize",
            "within JSON text",
            "of its own column",
        ),
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
        ("{", "", "not JSON at line 1, column 2"),
        ("[]", "", "not a JSON object"),
        ('{"type": "object", "type": "object"}', "/type", "stands twice"),
        ('{"type": "object", "minimum": NaN}', "/minimum", "range of a double"),
        ('{"type": "object", "minimum": 1e400}', "/minimum", "range of a double"),
        ('{"type": "object", "title": "\\ud800"}', "/title", "lone surrogate"),
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


def test_an_annotation_that_nothing_refers_to_is_named(tmp_path: Path) -> None:
    text = json.dumps(
        {
            "type": "object",
            "properties": {"a": {"type": "array", "items": {"$ref": "#/$defs/used"}}},
            "$defs": {
                "used": {"type": "string", "x-normalize": ["nfkc"]},
                "unused": {"type": "string", "x-arrow": "decimal128(9,2)"},
            },
        }
    )
    (found,) = problems(tmp_path, text)
    assert found[0] == "/$defs/unused/x-arrow"


def test_the_column_of_what_is_set_aside_is_no_member(tmp_path: Path) -> None:
    member = {"type": "object", "properties": {"$row": {}}}
    text = json.dumps({"type": "object", "properties": {"$row": {}, "$Row": {}, "a": member}})
    (found,) = problems(tmp_path, text)
    assert found == (
        "/properties/$row",
        "is the column that the engine keeps for itself",
        "use another name",
    )


def test_pointers_escape_names_and_all_problems_are_given(tmp_path: Path) -> None:
    text = json.dumps(
        {"type": "object", "properties": {"a/b~c": {"type": "x"}, "d": {"oneOf": []}}}
    )
    pointers = [pointer for pointer, _, _ in problems(tmp_path, text)]
    assert pointers == ["/properties/a~1b~0c/type", "/properties/d/oneOf"]


@pytest.mark.parametrize(("typo", "meant"), [("#/$defs/lien", "#/$defs/line"), ("#lien", "#line")])
def test_a_ref_with_a_typo_is_told_the_definition_that_was_meant(
    typo: str, meant: str, tmp_path: Path
) -> None:
    line = {"$anchor": "line", "type": "object"}
    document = {"type": "object", "$defs": {"line": line}, "properties": {"a": {"$ref": typo}}}
    (found,) = problems(tmp_path, json.dumps(document))
    assert found == (
        "/properties/a/$ref",
        f"{typo} leads to nothing in this document",
        f"did you mean {meant}?",
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xef\xbb\xbf{}", "is UTF-8 with a byte order mark"),
        ("\ufeff{}".encode("utf-16-le"), "is UTF-16"),
        (b'{"title": "\xe9"}', "byte 11 is not UTF-8"),
        (b"[" * 100_000, "is nested too deeply to be read"),
        (b" " * (2 * 2**20 + 1), "has more than 2 MiB"),
    ],
)
def test_a_file_that_is_no_document_says_what_it_is(
    content: bytes, reason: str, tmp_path: Path
) -> None:
    path = tmp_path / "subject.schema.json"
    path.write_bytes(content)
    with pytest.raises(SchemaError) as caught:
        load_source(path)
    assert [(one.pointer, one.reason) for one in caught.value.problems] == [("", reason)]


def test_every_place_that_is_not_strict_json_is_named_at_once(tmp_path: Path) -> None:
    text = '{"a/b": {"k": 1, "k": {"x": NaN}}, "c": [0, "\\udc00"], "\\ud800": 1e999}'
    pointers = [pointer for pointer, _, _ in problems(tmp_path, text)]
    assert pointers == ["", "/a~1b/k", "/a~1b/k/x", "/c/1", "/\ud800"]


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
    assert second == (
        f"{tmp_path}/two.schema.json: is not JSON at line 1, column 2: Expecting property name "
        "enclosed in double quotes; JSON has no comments, and no comma before } or ]"
    )
    assert first == (
        f"{tmp_path}/one.schema.json#/properties/a/minLenght: the keyword minLenght is not "
        "known; did you mean minLength?"
    )


def test_a_file_whose_name_is_no_schema_name_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "a b.schema.json"
    path.write_text(of_member({}))
    with pytest.raises(SchemaError, match="its name is not that of a schema; name the file with"):
        load_source(path)


@pytest.mark.parametrize(("one", "other"), [("my-order", "my_order"), ("user", "User")])
def test_two_files_that_share_a_name_in_code_are_a_problem(
    one: str, other: str, tmp_path: Path
) -> None:
    for name in (one, other):
        (tmp_path / f"{name}.schema.json").write_text('{"type": "object"}')
    first, second = sorted([one, other])
    good, bad = check_folder(tmp_path)
    assert good.problems == ()
    assert [(bad.path.name, problem.instead) for problem in bad.problems] == [
        (f"{second}.schema.json", "rename one of the two files")
    ]
    assert f"is that of {first}.schema.json too" in bad.problems[0].reason


def test_a_schema_file_that_is_not_there_or_no_file_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "dangling.schema.json").symlink_to(tmp_path / "nowhere")
    (tmp_path / "folder.schema.json").mkdir()
    os.mkfifo(tmp_path / "pipe.schema.json")
    (tmp_path / ".#edited.schema.json").symlink_to(tmp_path / "nowhere")  # as an editor leaves it
    reasons = [problem.reason for one in check_folder(tmp_path) for problem in one.problems]
    assert reasons == [
        "cannot be read: No such file or directory",
        "is no file",
        "is no file",
    ]


def test_a_folder_of_json_files_by_other_names_says_how_to_name_them(tmp_path: Path) -> None:
    (tmp_path / "order.json").write_text("{}")
    (found,) = check_folder(tmp_path)
    assert "as order.schema.json in place of order.json" in found.problems[0].instead


def test_a_folder_without_schemas_is_a_problem(tmp_path: Path) -> None:
    arguments = ["--cache", str(tmp_path), "--zod", "z", "--checks", "c"]
    assert main(["compile", "--dir", str(tmp_path / "absent"), *arguments]) == 2
    assert main(["compile", "--dir", str(tmp_path), *arguments]) == 2
