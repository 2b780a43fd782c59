"""The operator's folder: what is taken from it, and why it may be refused."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from etl_polyglot.extensions.folder import folder_digest
from etl_polyglot.extensions.problem import ExtensionsError
from etl_polyglot.schema.registry import SchemaRegistry
from etl_polyglot.worker.extensions import Extensions

ROOT = Path(__file__).parents[3]
REGISTRY = SchemaRegistry.load(ROOT / "shared-schemas" / "records")
HEAD = "from etl_polyglot import function, rule\n\n"
ADULTS = '@rule("user", field="age")\ndef adults_only(frame):\n    return frame["age"] >= 18\n'
DOUBLE = "@function\ndef double(number: int) -> int:\n    return number * 2\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "python"
    made.mkdir()
    return made


def problems(folder: Path) -> list[str]:
    """What is wrong, with places relative to the folder."""
    with pytest.raises(ExtensionsError) as refused:
        Extensions.load(folder, REGISTRY)
    return [str(problem).replace(f"{folder}/", "") for problem in refused.value.problems]


def test_rules_of_several_files_come_in_the_order_of_names_and_lines(folder: Path) -> None:
    (folder / "b.py").write_text(HEAD + ADULTS)
    (folder / "a.py").write_text(
        HEAD + '@rule("user")\ndef z(frame): ...\n\n@rule("flight")\ndef y(frame): ...\n'
    )
    (folder / "notes.txt").write_text("no Python")
    (folder / ".#a.py").symlink_to("nobody@nowhere")
    rules = Extensions.load(folder, REGISTRY).rules
    assert rules.names() == {"user": ["z", "adults_only"], "flight": ["y"]}
    assert [rule.name for rule in rules.of("user")] == ["z", "adults_only"]
    assert rules.of("movie") == ()


def test_files_import_each_other_and_run_once(folder: Path) -> None:
    (folder / "shared.py").write_text(HEAD + "LEAST = 18\n" + ADULTS)
    (folder / "a.py").write_text(
        HEAD + "from .shared import LEAST\n\n"
        '@rule("user", per="record")\ndef of_age(record):\n    return record["age"] >= LEAST\n'
    )
    rules = Extensions.load(folder, REGISTRY).rules
    assert sorted(rule.name for rule in rules.of("user")) == ["adults_only", "of_age"]
    assert next(rule for rule in rules.of("user") if rule.name == "of_age")({"age": 18})


def test_a_file_may_be_called_as_a_module_of_python_s_own(folder: Path) -> None:
    (folder / "email.py").write_text(HEAD + ADULTS)
    (folder / "json.py").write_text("import json\n\nassert json.dumps({}) == '{}'\n")
    assert Extensions.load(folder, REGISTRY).rules.names() == {"user": ["adults_only"]}


def test_an_empty_folder_has_nothing_but_what_is_built_in(folder: Path) -> None:
    loaded = Extensions.load(folder, REGISTRY)
    assert loaded.rules.names() == {}
    assert (loaded.functions.own_names(), loaded.functions.names()) == ([], ["transform_batch"])


def test_rules_and_functions_stand_in_one_folder(folder: Path) -> None:
    (folder / "a.py").write_text(HEAD + ADULTS + "\n" + DOUBLE)
    loaded = Extensions.load(folder, REGISTRY)
    assert loaded.rules.names() == {"user": ["adults_only"]}
    assert loaded.functions.own_names() == ["double"]


def test_tests_of_the_folder_are_left_to_pytest(folder: Path) -> None:
    (folder / "a.py").write_text(HEAD + ADULTS)
    before = folder_digest(folder)
    for name in ("test_a.py", "conftest.py"):
        (folder / name).write_text("from a import adults_only\n")
    assert Extensions.load(folder, REGISTRY, before).rules.names() == {"user": ["adults_only"]}


def test_every_problem_of_rules_and_functions_is_told_at_once(folder: Path) -> None:
    (folder / "a.py").write_text("def f(:\n")
    (folder / "b.py").write_text(
        HEAD + ADULTS.replace('"user"', '"usr"') + "\n" + DOUBLE.replace("number: int", "number")
    )
    (folder / "c.py").write_text(HEAD + "@function\nclass Double: ...\n")
    (folder / "d.py").write_text(HEAD + DOUBLE.replace("double", "transform_batch"))
    assert [problem.partition(";")[0] for problem in problems(folder)] == [
        "a.py:1: SyntaxError: invalid syntax",
        "c.py:3: TypeError: @function takes a plain function, not "
        f"<class '{_package_of(folder)}.c.Double'>",
        "b.py:3: rule adults_only: there is no record schema usr",
        "b.py:7: function double: parameter number has no annotation",
        "d.py:3: function transform_batch: one of that name is built in",
    ]


def _package_of(folder: Path) -> str:
    return f"etl_python_{hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]}"


def test_every_file_that_fails_is_told_with_its_line_and_cause(folder: Path) -> None:
    (folder / "a.py").write_text("def f(:\n")
    (folder / "b.py").write_text("import json\n\njson.loads('{')\n")
    (folder / "c.py").write_text("import not_there\n")
    (folder / "d.py").write_text("import b\n")
    (folder / "e.py").write_text("import sys\nsys.exit(3)\n")
    (folder / "f.py").write_text(HEAD + "@rule\ndef g(frame): ...\n")
    (folder / "good.py").write_text(HEAD + ADULTS)
    mend = "mend the file, or move it out of the folder"
    assert problems(folder) == [
        f"a.py:1: SyntaxError: invalid syntax; {mend}",
        "b.py:3: JSONDecodeError: Expecting property name enclosed in double quotes: "
        f"line 1 column 2 (char 1); {mend}",
        f"c.py:1: ModuleNotFoundError: No module named 'not_there'; {mend}",
        "d.py:1: ModuleNotFoundError: No module named 'b'; write from .b import …",
        f"e.py:2: SystemExit: 3; {mend}",
        f'f.py:3: TypeError: @rule takes the name of a record schema, as in @rule("user"); {mend}',
    ]


def test_a_rule_for_a_schema_that_is_not_there_is_told_with_the_nearest(folder: Path) -> None:
    (folder / "a.py").write_text(HEAD + '@rule("usr")\ndef adults_only(frame): ...\n')
    assert problems(folder) == [
        "a.py:3: rule adults_only: there is no record schema usr; did you mean user?; "
        f"the schemas are {', '.join(REGISTRY.names())}"
    ]


def test_a_rule_for_a_member_that_is_not_there_is_told_with_the_nearest(folder: Path) -> None:
    (folder / "a.py").write_text(HEAD + '@rule("user", field="agee")\ndef old(frame): ...\n')
    assert problems(folder) == [
        "a.py:3: rule old: user has no member agee; did you mean age?; "
        "its members are id, email, name, age, created_at, is_active, tags"
    ]


def test_two_rules_of_one_name_are_refused_unless_their_schemas_differ(folder: Path) -> None:
    (folder / "a.py").write_text(HEAD + ADULTS + "\n" + ADULTS)
    (folder / "b.py").write_text(
        HEAD + ADULTS.replace('"user"', '"movie"').replace(', field="age"', "")
    )
    assert problems(folder) == [
        f"a.py:7: user has a rule adults_only already, at {folder}/a.py:3; "
        "give the function another name".replace(f"{folder}/", "")
    ]


@pytest.mark.parametrize("kind", ["missing", "a file", "unreadable"])
def test_a_folder_that_cannot_be_read_is_told(folder: Path, kind: str) -> None:
    path = folder / "rules"
    if kind == "a file":
        path.write_text("")
    elif kind == "unreadable":
        path.mkdir(mode=0)
        if os.access(path, os.R_OK):
            pytest.skip("this user reads everything")
    with pytest.raises(ExtensionsError, match="the folder cannot be read"):
        Extensions.load(path, REGISTRY)


def test_files_that_changed_since_they_were_checked_are_refused(folder: Path) -> None:
    (folder / "a.py").write_text(HEAD + ADULTS)
    digest = folder_digest(folder)
    assert Extensions.load(folder, REGISTRY, digest).rules.names() == {"user": ["adults_only"]}
    (folder / "b.py").write_text(HEAD)
    with pytest.raises(ExtensionsError, match="have changed since the server started; restart"):
        Extensions.load(folder, REGISTRY, digest)


def test_the_command_answers_in_json_whatever_the_files_print(folder: Path, tmp_path: Path) -> None:
    (folder / "a.py").write_text(
        "import os\nprint('hello')\nos.write(1, b'{}')\nos.system('echo loud')\n"
        + HEAD
        + ADULTS
        + DOUBLE
    )
    arguments = ["--dir", folder, "--schema-dir", ROOT / "shared-schemas" / "records"]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "etl_polyglot.worker.extensions",
            *arguments,
            "--cache",
            tmp_path / "cache",
        ],
        check=True,
        capture_output=True,
        env={"PYTHONPATH": str(ROOT / "py"), "PATH": os.environ["PATH"]},
    )
    answer = json.loads(done.stdout)
    assert answer == {
        "rules": {"user": ["adults_only"]},
        "functions": ["double"],
        "digest": folder_digest(folder),
    }
    assert b"hello" in done.stderr
