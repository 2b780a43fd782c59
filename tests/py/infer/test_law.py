"""The law of drafting: a schema that was drafted from a file accepts it."""

import csv
import io
import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl_polyglot.engine.job import run_job
from etl_polyglot.engine.spec import JobSpec
from etl_polyglot.infer.infer import Inferred
from etl_polyglot.schema.registry import SchemaRegistry

from .support import Infer

FEW = settings(
    max_examples=25,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0\r"), max_size=6)
FIELDS = [
    st.integers(-(10**25), 10**25).map(str),
    st.integers(0, 99).map(lambda number: f"{number:03}"),
    st.integers(0, 10**6).map(lambda cents: f"{cents // 100}.{cents % 100:02}"),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.decimals(-(10**20), 10**20, places=4).map(str),
    st.sampled_from(["1", "+1", "1.", ".5", "-0", "1e3", "1E-400", "1e400", "nan", "0x1F", "1_0"]),
    st.sampled_from(["true", "False", "0", "1", "TRUE"]),
    st.dates().map(str),
    st.datetimes().map(lambda at: f"{at.isoformat()}Z"),
    st.sampled_from(["a@b.co", "https://a.example/", "10.0.0.1", "::1", "P1D", "12:00:60Z"]),
    st.sampled_from(["a|b", "[1]", "[]", '{"x":null}', '{"x":[1.5]}', "[", "{}", "null", " 1"]),
    st.just(""),
    TEXT,
]


@st.composite
def csv_files(draw: Any) -> str:
    columns = draw(st.integers(2, 4))
    kinds = [st.one_of(draw(st.lists(st.sampled_from(FIELDS), min_size=1, max_size=2)))
             for _ in range(columns)]  # fmt: skip
    rows = draw(st.lists(st.tuples(*kinds), min_size=1, max_size=6))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([f"c{place}" for place in range(columns)])
    writer.writerows(rows * draw(st.sampled_from([1, 12])))
    return text.getvalue()


SPELLINGS = [
    ["0", "-0", "1", "+1", "2"],
    ["01", "1", "001"],
    ["9007199254740993", "+9007199254740993"],
    ["true", "True", "FALSE"],
    ["[1]", "[ 1]", "[1.0]"],
    ["123456789012345678.25", "123456789012345678.250"],
    ["2024-01-01T00:00:00Z", "2024-01-01T00:00:00.0Z", "2024-01-01T00:00:00+00:00"],
    ["08:00:00Z", "10:00:00+02:00"],
    ["6a4d2b6e-9d1c-4f38-8d5b-1c6c2f0f9c11", "6A4D2B6E-9D1C-4F38-8D5B-1C6C2F0F9C11"],
]
"""Fields that differ as text and may not as values."""

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXT,
    *FIELDS[7:10],
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
ROWS = st.lists(
    st.dictionaries(st.sampled_from(["a", "price", "", "10", "x_id"]), VALUES, min_size=1),
    min_size=1,
    max_size=6,
)

TYPES: dict[Any, st.SearchStrategy[Any]] = {
    pa.int64(): st.integers(-(2**63), 2**63 - 1),
    pa.uint64(): st.integers(0, 2**64 - 1),
    pa.int8(): st.integers(-128, 127),
    pa.float32(): st.floats(width=32),
    pa.float64(): st.floats(),
    pa.bool_(): st.booleans(),
    pa.large_string(): TEXT,
    pa.date32(): st.dates(),
    pa.timestamp("us"): st.datetimes(),
    pa.timestamp("ns"): st.integers(-(2**63) + 1, 2**63 - 1),
    pa.decimal128(5, 2): st.decimals("-999.99", "999.99", places=2),
    pa.decimal128(20, 0): st.decimals(-(10**19), 10**19, places=0),
    pa.duration("s"): st.integers(-100, 100),
    pa.map_(pa.string(), pa.int8()): st.lists(st.tuples(TEXT, st.integers(0, 9)), max_size=2),
}


@st.composite
def tables(draw: Any) -> pa.Table:
    rows = draw(st.integers(1, 5))
    columns: dict[str, pa.Array] = {}
    for place in range(draw(st.integers(1, 4))):
        kind, values = draw(st.sampled_from(list(TYPES.items())))
        shape = draw(st.sampled_from(["plain", "list", "struct"]))
        if shape == "list":
            kind, values = pa.list_(kind), st.lists(st.none() | values, max_size=2)
        elif shape == "struct":
            kind, values = (
                pa.struct([("in", kind)]),
                st.fixed_dictionaries({"in": st.none() | values}),
            )
        column = draw(st.lists(st.none() | values, min_size=rows, max_size=rows))
        columns[f"c{place}"] = pa.array(column, kind)
    return pa.table(columns)


@pytest.fixture
def accepts(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., None]:
    """Runs a strict job that reads a file by a drafted schema; it must keep every record."""

    def run(inferred: Inferred, path: Path, source_type: str) -> None:
        folder = tmp_path_factory.mktemp("job")
        (folder / "drafted.schema.json").write_text(json.dumps(inferred.document), "utf-8")
        schema = SchemaRegistry.load(folder).get("drafted")
        params = {
            "job_id": "job",
            "source_type": source_type,
            "source_path": str(path),
            "schema_name": schema.name,
            "transformations": ["deduplicate"] if schema.primary_key else [],
            "rejects_path": str(folder / "rejects"),
            "spill_dir": str(folder / "spill"),
        }
        report = run_job(JobSpec.from_json(params), schema, lambda event: None, lambda: False)
        assert report["counts"]["deduplicated"] == 0

    return run


@FEW
@given(text=csv_files())
def test_a_csv_file_is_accepted_by_its_schema(infer: Infer, accepts, tmp_path: Path, text: str):
    path = tmp_path / "law.csv"
    path.write_text(text, "utf-8", newline="")
    inferred = infer(path)
    assert inferred.records == len(list(csv.reader(io.StringIO(text, newline="")))) - 1
    assert not any(note.startswith("taken out") for note in inferred.notes)
    accepts(inferred, path, "csv")


@FEW
@given(rows=ROWS, as_array=st.booleans())
def test_json_records_are_accepted_by_their_schema(
    infer: Infer, accepts, tmp_path: Path, rows: list[dict[str, Any]], as_array: bool
):
    path = tmp_path / ("law.json" if as_array else "law.ndjson")
    path.write_text(json.dumps(rows) if as_array else "\n".join(map(json.dumps, rows)), "utf-8")
    inferred = infer(path)
    assert inferred.notes == ()
    validator = jsonschema_rs.validator_for(inferred.document)
    assert all(map(validator.is_valid, rows))
    accepts(inferred, path, path.suffix[1:])


@pytest.mark.parametrize("ids", SPELLINGS)
def test_a_key_tells_all_records_apart(infer: Infer, accepts, tmp_path: Path, ids: list[str]):
    path = tmp_path / "keys.csv"
    path.write_text("id,x\n" + "".join(f"{one},a\n" for one in ids), "utf-8")
    accepts(infer(path), path, "csv")


@FEW
@given(table=tables())
def test_an_arrow_file_is_accepted_by_its_schema(
    infer: Infer, accepts, tmp_path: Path, table: pa.Table
):
    path = tmp_path / "law.arrow"
    with pa.ipc.new_file(path, table.schema) as file:
        file.write_table(table)
    inferred = infer(path)
    told = " ".join(note for note in inferred.notes if note.startswith("taken out"))
    loose = {name for name in table.column_names if not is_finite(table[name].to_pylist())}
    assert set(re.findall("c[0-9]", told)) <= loose
    accepts(inferred, path, "arrow")


def is_finite(value: Any) -> bool:
    """Whether no number within a value is NaN or infinite, which JSON cannot say."""
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dict):
        return all(map(is_finite, value.values()))
    return not isinstance(value, list | tuple) or all(map(is_finite, value))
