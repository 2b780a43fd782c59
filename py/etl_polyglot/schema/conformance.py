"""Runs test files in the JSON-Schema-Test-Suite's format through the Python layers.

Each group's schema is compiled as a record with the one member `value`; Node judges the same
tests by the Zod modules that are written beside the models.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from etl_polyglot.generated.formats import FORMATS
from etl_polyglot.schema.arrow import Array
from etl_polyglot.schema.canonical import MAX_SAFE_INTEGER, canonical_json
from etl_polyglot.schema.columnar.judge import judge, struct_of
from etl_polyglot.schema.columnar.place import Place
from etl_polyglot.schema.compile import Compiled, JavaScript, write_modules
from etl_polyglot.schema.errors import record_json
from etl_polyglot.schema.explain import explain
from etl_polyglot.schema.json_text import parse_json, refuse_unsound
from etl_polyglot.schema.load import Source, schema_digest
from etl_polyglot.schema.parse import parse_value
from etl_polyglot.schema.problem import SchemaError
from etl_polyglot.schema.record import RecordSchema
from etl_polyglot.schema.registry import loaded
from etl_polyglot.schema.validator import BatchValidator

NAME = "case"


class UnreadableFileError(ValueError):
    """A file is not of the test suite's format; the message says why."""


@dataclass(frozen=True, slots=True)
class Options:
    """Where modules are written, and what they import."""

    cache: Path
    javascript: JavaScript
    errors: bool = False


def run(path: str, options: Options) -> Iterator[dict[str, Any]]:
    """Yield the verdicts of the tests of one file, in their order.

    Each has `file`, `schema`, `test`, `expected`, `pydantic`, `columnar`, `columnar_path`,
    `unsupported`, and `zod_module` with what Node needs to judge it too; with `options.errors`
    also the error records of the value, and the self-contained schema as `document`.
    """
    for group in _groups(path):
        source = Source(NAME, Path(path), group["schema"], _digest(group["schema"]))
        schema: RecordSchema | None = None
        compiled: Compiled | None = None
        unsupported = None
        try:
            record = parse_value(group["schema"], source, FORMATS)
            compiled = write_modules(record, Path(path), options.cache, options.javascript)
            schema = loaded(compiled)
        except SchemaError as error:
            unsupported = error.problems[0].pointer
        for test in group["tests"]:
            yield {
                "file": path,
                "schema": group.get("description", ""),
                "test": test.get("description", ""),
                "expected": test["valid"],
                **_verdicts(schema, test, options.errors),
                "unsupported": unsupported,
                "zod_module": None if compiled is None else str(compiled.zod_module),
            }


def _digest(schema: Any) -> str:
    try:
        return schema_digest(schema)
    except (UnicodeEncodeError, RecursionError) as error:
        raise UnreadableFileError(f"a schema cannot be written as JSON: {error}") from error


def _groups(path: str) -> list[dict[str, Any]]:
    try:
        groups = json.loads(Path(path).read_bytes())
    except OSError as error:
        raise UnreadableFileError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise UnreadableFileError(f"{path} is not JSON: {error}") from error
    shaped = isinstance(groups, list) and all(
        isinstance(group, dict)
        and "schema" in group
        and isinstance(group.get("tests"), list)
        and all(
            isinstance(test, dict)
            and isinstance(test.get("valid"), bool | None)
            and ("data" in test or isinstance(test.get("json"), str))
            for test in group["tests"]
        )
        for group in groups
    )
    if not shaped:
        expected = "[{description, schema, tests: [{description, data or json, valid}]}]"
        raise UnreadableFileError(f"{path} is not a list of test groups: {expected}")
    for group in groups:
        for test in group["tests"]:
            test.setdefault("valid", None)
    return list(groups)


def _verdicts(schema: RecordSchema | None, test: dict[str, Any], errors: bool) -> dict[str, Any]:
    nothing = {"pydantic": None, "columnar": None, "columnar_path": None}
    if schema is None:
        return nothing
    try:
        value = parse_json(test["json"]) if "json" in test else test["data"]
        refuse_unsound(value)
    except (ValueError, RecursionError):  # no JSON text of a value: every layer refuses it
        return {"pydantic": False, "columnar": False, "columnar_path": "rows"}
    validator = BatchValidator(schema)
    verdict = validator.validate_rows([{"value": value}], 0, 0)
    columnar = _columnar(schema, value)
    return {
        "pydantic": verdict.valid is None,
        "columnar": verdict.valid is None if columnar is None else columnar,
        "columnar_path": "rows" if columnar is None else "vector",
        **({"errors": _errors(schema, value), **schema.document} if errors else {}),
    }


def _errors(schema: RecordSchema, value: Any) -> list[str]:
    (member,) = schema.root.properties
    return list(map(record_json, explain(member.node, value, 0)))


def _columnar(schema: RecordSchema, value: Any) -> bool | None:
    """Return the kernels' verdict on a value in a column of its own type; None: rows decide."""
    array = natural_array(value)
    if array is None:
        return None
    batch = pa.RecordBatch.from_arrays([array], ["value"])
    place = Place(fields={"value": Place(keeps_null=value is None)})
    found = judge(schema.root, struct_of(batch), place)
    return None if found.unsure is not None else found.wrong is None


def natural_array(value: Any) -> Array | None:
    """Return one JSON value as an Arrow array of its own type; None where no type holds it.

    A null member of an object has none, as a null in a struct is an absent member; nor has a
    list of several types, nor an integer that is not exact.
    """
    if not _is_plain(value):
        return None
    try:
        array = pa.array([value])
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, UnicodeEncodeError):
        return None
    # Arrow makes one type of unlike items: true beside 1.5 is 1.0 there, and each object of a
    # list has the members of all.
    return array if canonical_json(array[0].as_py()) == canonical_json(value) else None


def _is_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(one is not None and _is_plain(one) for one in value.values())
    if isinstance(value, list):
        return all(map(_is_plain, value))
    return type(value) is not int or abs(value) <= MAX_SAFE_INTEGER + 1
