"""Users' schemas are compiled once to a cache; built-in ones are taken as they are."""

import json
import shutil
from pathlib import Path

import pytest

from etl_polyglot.generated.records.user import UserRecord
from etl_polyglot.schema.compile import JavaScript, compile_folder, manifest
from etl_polyglot.schema.generate import ROOT
from etl_polyglot.schema.registry import SchemaNotFoundError, SchemaRegistry
from etl_polyglot.schema.validator import BatchValidator

RECORDS = ROOT / "shared-schemas/records"
SENSOR = {
    "type": "object",
    "required": ["sensor", "reading"],
    "properties": {"sensor": {"type": "string"}, "reading": {"type": "number", "minimum": 0}},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(RECORDS / "user.schema.json", tmp_path)
    (tmp_path / "sensor-reading.schema.json").write_text(json.dumps(SENSOR))
    return tmp_path


def test_a_folder_mixes_built_in_and_own_schemas(folder: Path) -> None:
    registry = SchemaRegistry.load(folder, folder / "cache")
    assert registry.names() == ["sensor-reading", "user"]
    assert registry.get("user").model is UserRecord
    verdict = BatchValidator(registry.get("sensor-reading")).validate_rows([{"sensor": "a"}], 0)
    assert [error["path"] for error in verdict.errors] == ["/reading"]


def test_a_changed_user_schema_is_compiled_under_its_own_digest(folder: Path) -> None:
    before = SchemaRegistry.load(folder, folder / "cache")
    path = folder / "user.schema.json"
    path.write_text(path.read_text().replace('"maxLength": 200', '"maxLength": 3'))
    after = SchemaRegistry.load(folder, folder / "cache")
    assert after.digest != before.digest
    model = after.get("user").model
    assert model is not UserRecord
    assert model.__name__ == "UserRecord"


def test_formatting_does_not_change_a_digest(folder: Path) -> None:
    before = SchemaRegistry.load(folder).digest
    path = folder / "sensor-reading.schema.json"
    path.write_text(json.dumps(dict(reversed(SENSOR.items())), indent=8).replace(" 0", " 0.0"))
    assert SchemaRegistry.load(folder).digest == before


def test_what_the_cache_has_is_not_written_again(folder: Path) -> None:
    javascript = JavaScript("file:///zod.js", "file:///checks.js")
    compile_folder(folder, folder / "cache", javascript)
    modules = {path: path.stat().st_mtime_ns for path in (folder / "cache").rglob("*.*")}
    assert {path.suffix for path in modules} == {".mjs", ".py"}
    compile_folder(folder, folder / "cache", javascript)
    assert {path: path.stat().st_mtime_ns for path in (folder / "cache").rglob("*.*")} == modules


def test_zod_modules_follow_the_place_of_zod(folder: Path) -> None:
    compile_folder(folder, folder / "cache", JavaScript("file:///old.js", "file:///checks.js"))
    compiled = compile_folder(folder, folder / "cache", JavaScript("file:///new.js", "x"))
    module = next(one.zod_module for one in compiled if one.zod_module is not None)
    assert "file:///new.js" in module.read_text()


def test_the_manifest_and_the_registry_have_one_digest(folder: Path) -> None:
    compiled = compile_folder(folder, folder / "cache")
    assert manifest(compiled)["digest"] == SchemaRegistry.load(folder, folder / "cache").digest


def test_an_unknown_name_suggests_the_one_that_was_meant(folder: Path) -> None:
    registry = SchemaRegistry.load(folder)
    with pytest.raises(SchemaNotFoundError) as caught:
        registry.get("usr")
    assert caught.value.suggestion == "user"
    assert str(caught.value) == "there is no record schema usr; did you mean user?"
