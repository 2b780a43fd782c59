"""The Python package alone is enough, and the snippets of docs/dataframes.md run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from .support import ROOT

DOCS = ROOT / "docs" / "dataframes.md"


def snippets() -> list[str]:
    return [part.partition("```")[0] for part in DOCS.read_text("utf-8").split("```python\n")[1:]]


def run(program: str, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def package_alone(folder: Path) -> Path:
    shutil.copytree(
        ROOT / "py" / "etl_polyglot",
        folder / "etl_polyglot",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    return folder


def test_the_snippet_of_the_docs_prints_what_it_says_without_anything_beside_the_package(
    tmp_path: Path,
) -> None:
    first = snippets()[0]
    lines = first.splitlines()
    at = lines.index("print(report)")
    promised = []
    for line in lines[at + 1 :]:
        if not line.startswith("# "):
            break
        promised.append(line.removeprefix("# "))
    checks = """
assert report.valid_records == 1
assert report.errors[0]["code"] == "bad_format"
assert list(report.valid_frame.index) == ["a"]
assert list(report.invalid_frame.index) == ["b", "c"]
assert list(df.index[[error["index"] for error in report.errors]]) == ["b", "c"]
"""
    assert run(first + checks, package_alone(tmp_path)).splitlines() == promised


def test_a_schema_of_ones_own_needs_its_file_only(tmp_path: Path) -> None:
    folder = package_alone(tmp_path)
    (folder / "schemas").mkdir()
    order = ROOT / "shared-schemas" / "records" / "zipcode.schema.json"
    shutil.copy(order, folder / "schemas" / "order.schema.json")
    head = "from etl_polyglot import DataFrameValidator\n"
    assert run(f"{head}{snippets()[1]}print(validator.schema.name)", folder) == "order\n"


def test_the_snippet_with_a_business_rule_runs(tmp_path: Path) -> None:
    first, _, rules = snippets()
    check = "\nfound = validator.validate_dataframe(df.assign(age=[36, 17, 12])).errors\n"
    check += "print([one['index'] for one in found if one['code'] == 'business_rule'])\n"
    assert run(first + rules + check, package_alone(tmp_path)).splitlines()[-1] == "[2]"


def test_importing_the_package_imports_neither_pandas_nor_pyarrow() -> None:
    program = (
        "import sys, etl_polyglot; print({'pandas', 'pyarrow', 'pydantic'} & set(sys.modules))"
    )
    assert run(program, ROOT / "py") == "set()\n"
