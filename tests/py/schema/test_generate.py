"""Generated sources are what the schemas say, and the check notices when they are not."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from etl_polyglot.generated.formats import FORMATS
from etl_polyglot.generated.records.user import UserRecord
from etl_polyglot.schema.emit.python_module import IMPORTED
from etl_polyglot.schema.generate import ROOT, differences, generate
from etl_polyglot.schema.names import PROTECTED, RESERVED, field_names
from etl_polyglot.schema.regex.portable import portable
from etl_polyglot.schema.validator import BatchValidator

from .support import compiled


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "shared-schemas", tmp_path / "shared-schemas")
    generate(tmp_path)
    return tmp_path


def test_the_committed_sources_are_fresh() -> None:
    assert differences() == []


def test_the_check_notices_stale_missing_and_left_over_files(project: Path) -> None:
    assert differences(project) == []
    with (project / "ts/generated/records/user.ts").open("a") as file:
        file.write("// by hand\n")
    (project / "py/etl_polyglot/generated/wire/hello.py").unlink()
    (project / "ts/generated/api/gone.ts").write_text("")
    found = {(str(one.path), one.state) for one in differences(project)}
    assert found == {
        ("ts/generated/records/user.ts", "stale"),
        ("py/etl_polyglot/generated/wire/hello.py", "missing"),
        ("ts/generated/api/gone.ts", "left over"),
    }
    generate(project)
    assert differences(project) == []


def test_a_changed_schema_makes_its_sources_stale(project: Path) -> None:
    schema = project / "shared-schemas/records/user.schema.json"
    schema.write_text(schema.read_text().replace('"maxLength": 200', '"maxLength": 100'))
    stale = {str(one.path) for one in differences(project)}
    assert {"ts/generated/records/user.ts", "py/etl_polyglot/generated/records/user.py"} <= stale


def test_the_command_line_needs_no_library() -> None:
    code = (
        "import sys; from etl_polyglot.schema.__main__ import main; main(['generate', '--check']);"
        "import etl_polyglot.schema.compile;"
        "heavy = {'pyarrow', 'numpy', 'pydantic'} & sys.modules.keys(); sys.exit(str(heavy or ''))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(ROOT / "py")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stderr.strip() == ""


def test_the_user_model_reads_as_a_person_would_write_it() -> None:
    source = (ROOT / "py/etl_polyglot/generated/records/user.py").read_text()
    assert 'email: Annotated[str, Format("email")]\n    """Where the account' in source
    assert "name: Annotated[str, Field(min_length=1, max_length=200)]" in source


def test_the_model_works_as_any_pydantic_model_does() -> None:
    user = UserRecord(id=1, email="a@b.co", name="A", created_at="2024-01-01T00:00:00Z")
    assert user.age is None
    assert user.model_dump(exclude_unset=True).keys() == {"id", "email", "name", "created_at"}
    with pytest.raises(ValidationError) as caught:
        UserRecord.model_validate({"id": 0, "email": "a@b.co", "name": "A", "age": None})
    places = {(error["loc"], error["type"]) for error in caught.value.errors()}
    assert places == {
        (("id",), "greater_than_equal"),
        (("age",), "int_type"),
        (("created_at",), "missing"),
    }


def test_names_in_code_are_stable_and_never_hide_what_pydantic_needs(tmp_path: Path) -> None:
    names = ["Cost Total $", "cost_total", "class", "schema", "_id", "id", "1st", ""]
    names += ["model_number", "model_config"]
    assert field_names(names) == {
        "Cost Total $": "cost_total_2",
        "cost_total": "cost_total",
        "class": "class_",
        "schema": "schema_",
        "_id": "id_2",
        "id": "id",
        "1st": "field_1st",
        "": "field",
        "model_number": "model_number",
        "model_config": "field_model_config",
    }
    public = {name for name in dir(BaseModel) if not name.startswith(("_", *PROTECTED))}
    assert public <= RESERVED
    # Warnings are errors here: a field that hides an attribute would warn.
    members = {name: {"type": "integer"} for name in [*names, *RESERVED, *dir(BaseModel)]}
    compiled(tmp_path, {"type": "object", "properties": members})


def test_hostile_texts_stay_texts_in_generated_sources(tmp_path: Path) -> None:
    hostile = '\x00 */ \'"\'""" \\ ${x} `\u2028\U000e0001\n# \ud7ff'
    schema = {
        "type": "object",
        "description": hostile,
        "properties": {
            hostile: {"description": hostile, "enum": [hostile, hostile + "'"]},
            "const": {"description": hostile, "const": {"__proto__": hostile, "a": [hostile]}},
        },
    }
    row = {hostile: hostile, "const": {"__proto__": hostile, "a": [hostile]}}
    validator = BatchValidator(compiled(tmp_path, schema))
    assert validator.validate_rows([row], 0).valid is None
    assert len(validator.validate_rows([{hostile: "x", "const": {}}], 0).errors) == 2


def test_definitions_may_be_called_as_what_a_module_imports(tmp_path: Path) -> None:
    source = (ROOT / "py/etl_polyglot/schema/checks.py").read_text()
    checks = re.findall(r"^(?:class )?([A-Z]\w+)(?:\(|:| =)", source, re.MULTILINE)
    names = [*IMPORTED, *checks, "record", "str", "list", "True"]
    definitions = {name: {"type": "integer", "minimum": 1} for name in names}
    members = {f"m_{at}": {"$ref": f"#/$defs/{name}"} for at, name in enumerate(names)}
    schema = {"type": "object", "properties": members, "$defs": definitions}
    validator = BatchValidator(compiled(tmp_path, schema))
    row = dict.fromkeys(members, 1)
    assert validator.validate_rows([row], 0).valid is None
    assert len(validator.validate_rows([dict.fromkeys(members, 0)], 0).errors) == len(members)


@pytest.mark.parametrize("name", FORMATS)
def test_formats_are_within_the_portable_subset(name: str) -> None:
    portable(FORMATS[name])
    assert not re.search(r"\\[dwsbDWSB]", FORMATS[name])


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"^\d+$", r"^[0-9]+$"),
        (r"\w\-", None),
        (r"a.c", r"a[^\n\r\x{2028}\x{2029}]c"),
        (r"(?<year>\d{4})", r"(?:[0-9]{4})"),
        (r"[\w.]+?", r"[0-9A-Z_a-z.]+"),
        (r"[^\d]", r"[^0-9]"),
        (r"[\D]", r"[\x{0}-/:-\x{10FFFF}]"),
        (r"A|\u{1F600}\x41", r"A|\x{1F600}A"),
        (r"[a&&b[~-]", r"[a\&\&b\[\~\-]"),
        ("é", "é"),
    ],
)
def test_patterns_are_written_for_every_engine(pattern: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(ValueError, match="no escape"):
            portable(pattern)
    else:
        assert portable(pattern).replace("\\x{A}", "\\n").replace("\\x{D}", "\\r") == expected
