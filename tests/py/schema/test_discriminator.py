"""What the libraries call a discriminated union stands only where it is exactly `oneOf`."""

import json
from pathlib import Path
from typing import Any

import pytest

from etl_polyglot.generated.formats import FORMATS
from etl_polyglot.schema.emit.discriminator import discriminator
from etl_polyglot.schema.generate import ROOT
from etl_polyglot.schema.load import load_source
from etl_polyglot.schema.parse import parse_record


def an(kind: Any, **more: Any) -> dict[str, Any]:
    members = {"kind": kind, "n": {"type": "integer"}}
    return {"type": "object", "required": ["kind"], "properties": members, **more}


A, B = an({"const": "a"}), an({"enum": ["b", "c"]})


@pytest.mark.parametrize(
    ("schema", "name"),
    [
        ({"oneOf": [A, B]}, "kind"),
        ({"type": "object", "oneOf": [A, B], "description": "Either."}, "kind"),
        ({"oneOf": [A, {"$ref": "#/$defs/b"}]}, "kind"),
        ({"oneOf": [an({"const": "a"}, additionalProperties=False), B]}, "kind"),
        ({"oneOf": [A]}, None),
        ({"oneOf": [A, A]}, None),
        ({"oneOf": [B, an({"enum": ["c", "d"]})]}, None),
        ({"oneOf": [A, an({"const": 1})]}, None),
        ({"oneOf": [A, an({"type": "string"})]}, None),
        ({"oneOf": [A, an({"const": "b", "minLength": 1})]}, None),
        ({"oneOf": [A, an({"const": "b"}, required=["n"])]}, None),
        ({"oneOf": [A, an({"const": "b"}, type=["object", "null"])]}, None),
        ({"oneOf": [A, an({"const": "b"}, minProperties=2)]}, None),
        ({"oneOf": [A, an({"const": "b"}, additionalProperties={"type": "string"})]}, None),
        ({"oneOf": [A, {"$ref": "#/$defs/b", "maxProperties": 1}]}, None),
        ({"oneOf": [A, {"$ref": "#/$defs/within_itself"}]}, None),
        ({"oneOf": [A, B], "minProperties": 2}, None),
        ({"oneOf": [A, B], "anyOf": [A, B]}, None),
        ({"type": ["object", "null"], "oneOf": [A, B]}, None),
        ({"anyOf": [A, B]}, None),
    ],
)
def test_a_member_tells_objects_apart_or_does_not(
    schema: dict[str, Any], name: str | None, tmp_path: Path
) -> None:
    node = {"$ref": "#/$defs/within_itself"}
    within_itself = an({"const": "b"}, properties={"kind": {"const": "b"}, "next": node})
    document = {
        "type": "object",
        "properties": {"union": schema},
        "$defs": {"b": B, "within_itself": within_itself},
    }
    path = tmp_path / "subject.schema.json"
    path.write_text(json.dumps(document), "utf-8")
    (member,) = parse_record(load_source(path), FORMATS).root.properties
    assert discriminator(member.node) == name


def test_the_generated_sources_name_the_member() -> None:
    zod = (ROOT / "ts/generated/records/event.ts").read_text("utf-8")
    assert "z.discriminatedUnion('type', [" in zod
    model = (ROOT / "py/etl_polyglot/generated/records/event.py").read_text("utf-8")
    assert 'Annotated[PageView | Purchase | Signup, Field(discriminator="type")]' in model
