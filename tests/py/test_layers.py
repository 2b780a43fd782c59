"""The import contracts of pyproject.toml, each proved by a planted violation."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")

VIOLATIONS = {
    "engine knows no frames and no worker": ("engine", "import etl_polyglot.worker.frames"),
    "schema knows no engine and no worker": ("schema", "import etl_polyglot.engine.job"),
    "schema and engine know business rules by their protocol only": (
        "schema",
        "import etl_polyglot.rules.rule_set",
    ),
    "business rules know the schema only": ("rules", "import etl_polyglot.engine.job"),
    "functions know the schema and the engine only": (
        "functions",
        "import etl_polyglot.rules.rule",
    ),
    "schema, engine and frames know no functions": (
        "schema",
        "import etl_polyglot.functions.function",
    ),
    "the loading of extensions knows nothing of what they are": (
        "extensions",
        "import etl_polyglot.schema.registry",
    ),
    "schema and engine know no inference": ("schema", "import etl_polyglot.infer.loosen"),
    "schema, rules and engine know no frames": ("schema", "import etl_polyglot.frames.views"),
    "frames know no engine and no worker": ("frames", "import etl_polyglot.engine.job"),
    "generated code imports only pydantic and the checks that it names": (
        "generated",
        "import pyarrow",
    ),
}


def contracts() -> list[str]:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return [contract["name"] for contract in config["tool"]["importlinter"]["contracts"]]


def test_every_contract_is_proved_here() -> None:
    assert sorted(contracts()) == sorted(VIOLATIONS)


@pytest.mark.parametrize("contract", VIOLATIONS)
def test_a_planted_violation_breaks_exactly_its_contract(contract: str, tmp_path: Path) -> None:
    package, statement = VIOLATIONS[contract]
    shutil.copytree(ROOT / "py", tmp_path / "py", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "py" / "etl_polyglot" / package / "planted.py").write_text(statement + "\n")
    done = subprocess.run(
        [LINT_IMPORTS, "--no-cache"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "py"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    broken = [name for name in contracts() if f"{name} BROKEN" in done.stdout]
    assert broken == [contract], done.stdout + done.stderr
