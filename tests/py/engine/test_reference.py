"""The engine agrees with the plain way to do its work: the csv module, and Pydantic row by row."""

import csv
import io
import json
import re
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl_polyglot.schema.registry import SchemaRegistry

from .conftest import ROOT
from .sound_records import SOUND
from .support import RunJob

FOLDERS = [ROOT / "shared-schemas/records", Path(__file__).parent / "schemas"]
NAMES = ["id", "name", "score", "active", "tags"]
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
BOOLEANS = {"true": True, "True": True, "TRUE": True, "1": True}
BOOLEANS |= {"false": False, "False": False, "FALSE": False, "0": False}


@pytest.fixture(scope="module")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> SchemaRegistry:
    """The record schemas that the product ships, and those of the tests."""
    folder = tmp_path_factory.mktemp("schemas")
    for path in [path for one in FOLDERS for path in one.glob("*.schema.json")]:
        (folder / path.name).write_bytes(path.read_bytes())
    return SchemaRegistry.load(folder, tmp_path_factory.mktemp("cache"))


def cast(name: str, text: str) -> Any:
    """The value of a text, by the rules for CSV; raises ValueError where there is none."""
    if name == "name":
        return text
    if name == "active":
        if text not in BOOLEANS:
            raise ValueError(text)
        return BOOLEANS[text]
    if name == "tags":
        return json.loads(text) if text.startswith("[") else text.split("|") if text else []
    if not NUMBER.fullmatch(text):
        raise ValueError(text)
    if name == "score":
        return float(text)
    if abs(Decimal(text)) > 2**53 - 1 or Decimal(text) % 1:
        raise ValueError(text)
    return int(Decimal(text))


def reference(source: str, schemas: SchemaRegistry) -> tuple[list[dict[str, Any]], list[Any]]:
    """The rows that the job must write, and the index, stage and line of those it rejects."""
    model = schemas.get("item").model
    good: list[dict[str, Any]] = []
    rejects: list[tuple[int, str, int]] = []
    seen: set[int] = set()
    reader = csv.reader(io.StringIO(source, newline=""))
    next(reader)
    line = 2
    for index, fields in enumerate(reader):
        began, line = line, reader.line_num + 1
        if len(fields) != len(NAMES):
            rejects.append((index, "parse", began))
            continue
        try:
            row = {n: cast(n, t) for n, t in zip(NAMES, fields, strict=True) if t}
        except ValueError:
            rejects.append((index, "cast", began))
            continue
        if not model.__pydantic_validator__.isinstance_python(row):
            rejects.append((index, "validate", began))
        elif row["id"] not in seen:
            seen.add(row["id"])
            good.append({name: row.get(name) for name in NAMES})
    return good, rejects


NUMBERS = st.integers(-2, 40).map(str) | st.sampled_from(["1.0", "1e1", "0x1", "+3", "1.5", "2000"])
FIELDS = {
    "id": NUMBERS,
    "name": st.text('ab"\n,é', max_size=9),
    "score": NUMBERS | st.floats(allow_nan=False, allow_infinity=False).map(repr) | st.just("nan"),
    "active": st.sampled_from([*BOOLEANS, "", "yes"]),
    "tags": st.sampled_from(["", "a", "a|b", "a|b|c", '["x"]', '["x"', "|", "a,b"]),
}
RECORDS = st.tuples(*FIELDS.values()) | st.lists(st.text("a1", min_size=1, max_size=2), max_size=7)


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(RECORDS, max_size=25),
    st.sampled_from(["\n", "\r\n"]),
    st.integers(1, 200),
    st.integers(1, 3),
    st.integers(1, 10),
)
def test_the_engine_agrees_with_a_reader_that_goes_row_by_row(
    job: RunJob,
    schemas: SchemaRegistry,
    records: list[Any],
    line_end: str,
    chunk_bytes: int,
    threads: int,
    batch_size: int,
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=line_end).writerows([NAMES, *filter(None, records)])
    ended = job(
        text.getvalue(),
        validation_mode="lenient",
        transformations=["deduplicate"],
        chunk_bytes=chunk_bytes,
        threads=threads,
        batch_size=batch_size,
    )
    rows, rejects = reference(text.getvalue(), schemas)
    assert ended.rows == rows
    places = {(r["index"], r["stage"], r["line"]): None for r in ended.rejects}
    assert list(places) == rejects


ODD = [
    "",
    "0",
    "1",
    "-1",
    "+5",
    "1.5",
    "1e3",
    "2.50",
    "true",
    "False",
    "x",
    "é",
    "null",
    "nan",
    " 1",
]
ODD += ["[]", '["a"]', "[1, 2]", "{}", '{"x":1}', '{"x":null}', "[", "1|x", "||", "2024-02-30", "T"]
ODD += ["2024-01-01", "2024-01-01T00:00:00", "2024-01-01T00:00:00Z", "9007199254740992", "1e400"]
SPOILT = st.dictionaries(st.integers(0, 11), st.sampled_from(ODD), max_size=2)


def kinds_of(node: dict[str, Any]) -> set[str]:
    """The JSON types that a schema of these tests admits, null aside."""
    variants = node.get("anyOf") or node.get("oneOf")
    if variants:
        return {kind for one in variants for kind in kinds_of(one)}
    named = node.get("type", "object" if "$ref" in node else "string")
    return {named} - {"null"} if isinstance(named, str) else set(named) - {"null"}


def cast_as(node: dict[str, Any], text: str) -> Any:
    """The value of a text by its schema; raises ValueError where there is none."""
    kinds = kinds_of(node)
    if len(kinds) > 1 or "anyOf" in node or "oneOf" in node:
        for kind in ("boolean", "integer", "number", "object", "string"):
            if kind in kinds and (kind != "object" or text.startswith("{")):
                with suppress(ValueError):
                    return cast_as({"type": kind}, text)
        raise ValueError(text)
    (kind,) = kinds
    if kind == "array" and not text.startswith("["):
        if kinds_of(node["items"]) == {"object"}:
            raise ValueError(text)
        return [cast_as(node["items"], piece) for piece in text.split("|")] if text else []
    if kind in ("array", "object"):
        return fitting(node, json.loads(text))
    columns = {"integer": "id", "number": "score", "boolean": "active", "string": "name"}
    value = cast(columns[kind], text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(text)
    return value


def fitting(node: dict[str, Any], value: Any) -> Any:
    """A value of JSON text, which its column must be able to hold."""
    types = {"array": list, "object": dict, "string": str, "boolean": bool}
    (kind,) = kinds_of(node)
    if kind in ("integer", "number"):
        if type(value) not in (int, float) or (kind == "integer" and value % 1):
            raise ValueError(value)
    elif type(value) is not types[kind]:
        raise ValueError(value)
    for item in value if kind == "array" else ():
        fitting(node["items"], item)
    if "properties" in node:
        members = node["properties"]
        if not value.keys() <= members.keys():
            raise ValueError(value)
        for name, member in value.items():
            fitting(members[name], member)
    return value


def exact(kind: str, text: str) -> Decimal | int:
    """The number of a text; raises ValueError where its type does not hold it."""
    if not re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", text):
        raise ValueError(text)
    value = Decimal(text)
    if bits := re.fullmatch(r"(u?)int(8|32|64)", kind):
        size = int(bits[2])
        low, end = (0, 2**size) if bits[1] else (-(2 ** (size - 1)), 2 ** (size - 1))
        if value % 1 or not low <= value < end:
            raise ValueError(text)
        return int(value)
    precision, scale = map(int, re.findall(r"[0-9]+", kind.removeprefix("decimal128")))
    if abs(value) >= 10 ** (precision - scale) or value.scaleb(scale) % 1:
        raise ValueError(text)
    return value


def stored(node: dict[str, Any], value: Any) -> Any:
    """What a columnar output has of a value; raises ValueError where it cannot hold it."""
    if value is None:
        return None
    if "anyOf" in node or "oneOf" in node or len(kinds_of(node)) > 1:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    if kinds_of(node) == {"array"}:
        return [stored(node["items"], item) for item in value]
    if "properties" in node:
        return {name: stored(one, value.get(name)) for name, one in node["properties"].items()}
    if node.get("format") == "date-time":
        moment = re.sub(r"(\.\d{6})\d+", r"\1", value)
        return datetime.fromisoformat(moment).astimezone(UTC)
    if node.get("format") == "date":
        return date.fromisoformat(value)
    if "x-arrow" in node:
        return exact(node["x-arrow"], str(value))
    if kinds_of(node) == {"integer"}:
        return int(value)
    return float(value) if kinds_of(node) == {"number"} else value


@pytest.mark.parametrize("name", SOUND)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(records=st.lists(SPOILT, max_size=12), chunk_bytes=st.integers(1, 400))
def test_the_engine_agrees_on_every_kind_of_column(
    job: RunJob, schemas: SchemaRegistry, name: str, records: list[dict[int, str]], chunk_bytes: int
) -> None:
    (path,) = (path for folder in FOLDERS for path in folder.glob(f"{name}.schema.json"))
    members, columns = json.loads(path.read_text("utf-8"))["properties"], list(SOUND[name])
    text = io.StringIO(newline="")
    sound, lines = list(SOUND[name].values()), []
    for spoilt in records:
        lines.append([spoilt.get(at, field) for at, field in enumerate(sound)])
    csv.writer(text, lineterminator="\n").writerows([columns, *lines])
    rows, rejects = [], {}
    for index, fields in enumerate(lines):
        try:
            row = {c: cast_as(members[c], f) for c, f in zip(columns, fields, strict=True) if f}
            if schemas.get(name).model.__pydantic_validator__.isinstance_python(row):
                rows.append({c: stored(node, row.get(c)) for c, node in members.items()})
            else:
                rejects[index] = "validate"
        except ValueError:
            rejects[index] = "cast"
    ended = job(text.getvalue(), name, validation_mode="lenient", chunk_bytes=chunk_bytes)
    assert {reject["index"]: reject["stage"] for reject in ended.rejects} == rejects
    assert ended.rows == rows
