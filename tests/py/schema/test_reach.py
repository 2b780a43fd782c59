"""A schema that no library could build is refused, with its place, and soon."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from etl_polyglot.generated.formats import FORMATS
from etl_polyglot.schema.emit.modules import javascript_module, python_module
from etl_polyglot.schema.load import load_source
from etl_polyglot.schema.parse import parse_record
from etl_polyglot.schema.problem import Problem, SchemaError

Link = Callable[[str], dict[str, Any]]


def chain(steps: int, link: Link) -> dict[str, Any]:
    definitions = {f"d{at}": link(f"#/$defs/d{at + 1}") for at in range(steps)}
    definitions[f"d{steps}"] = {"type": "string"}
    return {
        "type": "object",
        "properties": {"a": {"$ref": "#/$defs/d0"}},
        "$defs": definitions,
    }


def compiled(folder: Path, document: dict[str, Any]) -> list[Problem]:
    path = folder / "subject.schema.json"
    path.write_text(json.dumps(document), "utf-8")
    try:
        record = parse_record(load_source(path), FORMATS)
    except SchemaError as error:
        return list(error.problems)
    assert python_module(record, "SubjectRecord", "")
    assert javascript_module(record, "SubjectRecord", "", "zod", "checks")
    return []


LINKS: dict[str, Link] = {
    "$ref": lambda target: {"$ref": target},
    "member": lambda target: {"type": "object", "properties": {"a": {"$ref": target}}},
    "item": lambda target: {"type": "array", "items": {"$ref": target}},
    "allOf": lambda target: {"allOf": [{"$ref": target}, {"minLength": 1}]},
}


@pytest.mark.parametrize("link", LINKS)
def test_a_long_way_from_schema_to_schema_compiles_or_says_where_it_is(
    link: str, tmp_path: Path
) -> None:
    assert compiled(tmp_path, chain(60, LINKS[link])) == []
    for steps in (300, 3000):
        (problem,) = compiled(tmp_path, chain(steps, LINKS[link]))
        assert problem.pointer.startswith("/$defs/d")
        assert "more than 128 schemas" in problem.reason


@pytest.mark.parametrize("keyword", ["allOf", "anyOf", "oneOf"])
def test_schemas_that_lead_to_one_by_very_many_ways_are_refused(
    keyword: str, tmp_path: Path
) -> None:
    def twice(target: str) -> dict[str, Any]:
        return {keyword: [{"$ref": target}, {"$ref": target}]}

    assert compiled(tmp_path, chain(8, twice)) == []
    (problem,) = compiled(tmp_path, chain(40, twice))
    assert problem.pointer.startswith("/$defs/d")
    assert "more than 10000 schemas to one value" in problem.reason


@pytest.mark.timeout(20)
def test_a_long_enum_and_a_hostile_pattern_compile_soon(tmp_path: Path) -> None:
    countries = [f"v{at}" for at in range(20_000)]
    slow = {"patternProperties": {"^(a+)+$": {}}, "required": ["a" * 40 + "!"]}
    members = {"country": {"type": "string", "enum": countries}, "slow": slow}
    assert compiled(tmp_path, {"type": "object", "properties": members}) == []


@pytest.mark.parametrize(
    "pattern",
    ["(?<1>a)", "(?<>x)", "(?<a>x)(?<a>y)", "(?<\u00d7>a)", "\\u{41", "\\x\u0663\u0663"],
)
def test_a_pattern_that_javascript_could_not_read_does_not_compile(
    pattern: str, tmp_path: Path
) -> None:
    members = {"a": {"type": "string", "pattern": pattern}}
    (problem,) = compiled(tmp_path, {"type": "object", "properties": members})
    assert problem.pointer == "/properties/a/pattern"


def test_a_named_group_may_be_repeated(tmp_path: Path) -> None:
    members = {"a": {"type": "string", "pattern": "^(?<digit>[0-9]){2}$"}}
    assert compiled(tmp_path, {"type": "object", "properties": members}) == []


@pytest.mark.timeout(20)
def test_objects_that_take_others_in_are_not_written_again_for_each_way(tmp_path: Path) -> None:
    def twice(target: str) -> dict[str, Any]:
        member = {"allOf": [{"$ref": target}]}
        return {"type": "object", "properties": {"a": member, "b": member}}

    assert compiled(tmp_path, chain(25, twice)) == []
