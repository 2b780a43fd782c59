"""Sources of strange schemas are sound, typed and formatted, whatever the schemas are called."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from etl_polyglot.generated.formats import FORMATS
from etl_polyglot.schema.emit.modules import header, python_module, typescript_module
from etl_polyglot.schema.generate import ROOT
from etl_polyglot.schema.load import load_source, schema_files
from etl_polyglot.schema.names import module_name, record_type_name
from etl_polyglot.schema.parse import parse_record

STRANGE = Path(__file__).parent / "strange"

USES = """
from s_all_of_root import AllOfRootRecord
from s_reference_root import ReferenceRootRecord
from s_unions import UnionsRecord

def look(all_of: AllOfRootRecord, reference: ReferenceRootRecord, unions: UnionsRecord) -> None:
    number: int = all_of.id + all_of.x
    text: str = reference.v
    event = unions.ev
    code: str = event.code if event.kind == "key" else text * number
    one: int = unions.c
    for item in unions.pre:
        first: str | int = item
    print(code, one, first, unions.all.a, unions.all.b)
"""
"""What a user may write with the models of these schemas."""

TYPESCRIPT_USES = """
import type { AllOfRootRecord } from './all-of-root.js';
import type { UnionsRecord } from './unions.js';

export function look(allOf: AllOfRootRecord, unions: UnionsRecord): string {
  const number: number = allOf.id + allOf.x;
  const code: string = unions.ev.kind === 'key' ? unions.ev.code : String(number);
  const one: 1 = unions.c;
  return `${code} ${one} ${unions.all.a.length} ${unions.all.b.toFixed(2)}`;
}
"""


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("strange")
    for path in schema_files(STRANGE):
        record = parse_record(load_source(path), FORMATS)
        name = record_type_name(record.name)
        checks = str(ROOT / "ts/schema/checks.js")
        (folder / f"{record.name}.ts").write_text(
            typescript_module(record, name, header("a schema", "//"), checks), "utf-8"
        )
        (folder / f"s_{module_name(record.name)}.py").write_text(
            python_module(record, name, header("a schema", "#")), "utf-8"
        )
    (folder / "uses.py").write_text(USES, "utf-8")
    (folder / "uses.ts").write_text(TYPESCRIPT_USES, "utf-8")
    (folder / "package.json").write_text('{"type": "module"}', "utf-8")
    return folder


def run(folder: Path, *command: str) -> None:
    environment = {**os.environ, "MYPYPATH": f"{ROOT / 'py'}:{folder}"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


@pytest.mark.timeout(120)
def test_the_models_are_typed(sources: Path) -> None:
    settings = ["--strict", "--cache-dir", str(sources / "cache"), "--follow-imports=silent"]
    run(sources, sys.executable, "-m", "mypy", *settings, *map(str, sources.glob("*.py")))


def test_the_models_are_formatted(sources: Path) -> None:
    models = map(str, sources.glob("s_*.py"))
    run(sources, sys.executable, "-m", "ruff", "format", "--check", "--line-length=100", *models)


@pytest.mark.timeout(120)
def test_the_zod_schemas_are_typed(sources: Path) -> None:
    configuration = {
        "extends": str(ROOT / "tsconfig.json"),
        "compilerOptions": {
            "noEmit": True,
            "rootDir": "/",
            "paths": {"zod": [str(ROOT / "node_modules/zod/index.d.ts")]},
            "typeRoots": [str(ROOT / "node_modules/@types")],
        },
        "include": [str(sources / "*.ts")],
    }
    (sources / "tsconfig.json").write_text(json.dumps(configuration), "utf-8")
    run(sources, "node", str(ROOT / "node_modules/typescript/bin/tsc"), "-p", str(sources))
