"""Arrow and Parquet files with columns of every type that Arrow has."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl_polyglot.engine.sinks import parquet

from .arrow_kinds import EVERY, KINDS, NESTINGS, TEXTS, UUIDS, Kind, nested
from .support import Ended, RunJob

COLUMNS = ("integer", "number", "boolean", "string", "moment", "day", "strings", "union")
"""Of the schema; the last is a union of JSON."""

UNWRITTEN = ("runs", "dictionary of views", "dictionary with null")
"""Kinds that pyarrow does not write to Parquet, but encoded otherwise would."""

NESTED = pytest.mark.parametrize("nesting", NESTINGS)


def arrays(kinds: Mapping[str, Kind]) -> dict[str, pa.Array]:
    return {name: kind.array for name, kind in kinds.items()}


def written(path: Path, columns: Mapping[str, pa.Array]) -> Path:
    table = pa.table(dict(columns))
    if path.suffix == ".parquet":
        pq.write_table(table, path)
        return path
    with pa.ipc.new_file(str(path), table.schema) as writer:
        writer.write_table(table)
    return path


def copied(job: RunJob, source: Path, target_type: str, schema: str | None = None) -> Ended:
    mode = "strict" if schema else "skip"
    source_type = source.suffix[1:]
    return job(source, schema, source_type, target_type=target_type, validation_mode=mode)


def staged(ended: Ended, target_type: str) -> Any:
    assert ended.error is None
    if target_type == "parquet":
        return pq.read_table(ended.staged)
    return pa.ipc.open_file(str(ended.staged)).read_all()


def accepted(nesting: str, target_type: str, source_type: str) -> dict[str, Kind]:
    """The kinds that a format holds, of those that the source's format holds."""
    kinds = {name: nested(nesting, kind) for name, kind in KINDS.items()}
    if source_type == "parquet":
        unwritten = {name for name in kinds if name.startswith(("runs", "dictionary of views"))}
        unwritten |= {"dictionary with null"} | {
            n for n, k in kinds.items() if "parquet" in k.refused
        }
        kinds = {name: kind for name, kind in kinds.items() if name not in unwritten}
    return {name: kind for name, kind in kinds.items() if target_type not in kind.refused}


@NESTED
@pytest.mark.parametrize("source_type", ["arrow", "parquet"])
@pytest.mark.parametrize("target_type", ["arrow", "parquet"])
def test_a_typed_output_has_the_values_of_every_type(
    job: RunJob, tmp_path: Path, nesting: str, source_type: str, target_type: str
) -> None:
    kinds = accepted(nesting, target_type, source_type)
    source = written(
        tmp_path / f"in.{source_type}", {name: kind.array for name, kind in kinds.items()}
    )
    table = staged(copied(job, source, target_type), target_type)
    for name, kind in kinds.items():
        assert table.column(name).to_pylist() == kind.plain.to_pylist(), name
        if {source_type, target_type} == {"arrow"}:
            assert table.column(name).combine_chunks().equals(kind.plain), name


@NESTED
@pytest.mark.parametrize("target_type", sorted(TEXTS))
def test_a_textual_output_takes_every_type_that_has_a_text(
    job: RunJob, tmp_path: Path, nesting: str, target_type: str
) -> None:
    kinds = accepted(nesting, target_type, "arrow")
    source = written(tmp_path / "in.arrow", arrays(kinds))
    plain = {name: kind.plain for name, kind in kinds.items()}
    texts = []
    for path in (source, written(tmp_path / "plain.arrow", plain)):
        ended = copied(job, path, target_type)
        assert ended.error is None
        texts.append(ended.staged.read_text())
    assert texts[0] == texts[1]


@NESTED
@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.refused])
def test_a_column_that_a_format_cannot_hold_fails_the_job(
    job: RunJob, tmp_path: Path, name: str, nesting: str
) -> None:
    kind = nested(nesting, KINDS[name])
    source = written(tmp_path / "in.arrow", {"fine": pa.array([1, 2, 3]), name: kind.array})
    for target_type in sorted(EVERY):
        ended = copied(job, source, target_type)
        if target_type in kind.refused:
            assert ended.code == "COLUMNS_MISMATCH", (target_type, ended.error)
            assert f"column {name!r} is {kind.array.type}" in str(ended.error)
        else:
            assert ended.error is None


@pytest.mark.parametrize("name", KINDS)
def test_under_a_schema_a_column_is_cast_or_named(job: RunJob, tmp_path: Path, name: str) -> None:
    for nesting in ("bare", "in lists"):
        array = nested(nesting, KINDS[name]).array
        source = written(tmp_path / "in.arrow", dict.fromkeys(COLUMNS, array))
        ended = copied(job, source, "arrow", "kinds")
        if ended.code == "COLUMNS_MISMATCH":
            told = str(ended.error)
            fits = [one for one in COLUMNS if f"column {one!r} is {array.type}" not in told]
            assert len(fits) < len(COLUMNS)
            if not fits:
                continue
            source = written(tmp_path / "in.arrow", dict.fromkeys(fits, array))
            ended = copied(job, source, "arrow", "kinds")
        assert ended.code in (None, "VALIDATION_FAILED"), ended.error


@pytest.mark.parametrize("source_type", ["arrow", "parquet"])
def test_a_uuid_is_its_text(job: RunJob, tmp_path: Path, source_type: str) -> None:
    column = {"string": KINDS["uuid"].array}
    source = written(tmp_path / f"in.{source_type}", column)
    texts = [None if one is None else str(one) for one in UUIDS]
    assert [row["string"] for row in copied(job, source, "parquet", "kinds").rows] == texts
    lines = copied(job, source, "csv").staged.read_text().splitlines()
    assert lines == ["string", *(text or "" for text in texts)]


@pytest.mark.parametrize(
    "kind",
    [pa.large_binary(), pa.binary_view(), pa.list_view(pa.int8()), pa.list_(pa.int8(), 1000)],
)
def test_large_rows_of_any_type_end_a_row_group(
    job: RunJob, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: pa.DataType
) -> None:
    monkeypatch.setattr(parquet, "ROW_GROUP_BYTES", 4_000)
    values = [bytes(1000) if "binary" in str(kind) else [0] * 1000] * 8
    source = written(tmp_path / "in.arrow", {"large": pa.array(values, kind)})
    ended = copied(job, source, "parquet")
    assert ended.error is None
    assert pq.ParquetFile(ended.staged).metadata.num_row_groups == 2


def test_an_instant_that_parquet_cannot_hold_fails_the_job(job: RunJob, tmp_path: Path) -> None:
    far = pa.array([0, 2**62], pa.timestamp("s"))
    source = written(tmp_path / "in.arrow", {"near": far.slice(0, 1).take([0, 0]), "far": far})
    ended = copied(job, source, "parquet")
    assert ended.code == "COLUMNS_MISMATCH"
    assert "column 'far' is timestamp[s]" in str(ended.error)
    assert not list(tmp_path.glob("out-*"))


@pytest.mark.parametrize("schema", [None, "kinds"])
def test_a_file_without_columns_is_told(job: RunJob, tmp_path: Path, schema: str | None) -> None:
    columns = pa.table({"a": [1, 2]}).select([])
    path = tmp_path / "in.arrow"
    with pa.ipc.new_file(str(path), columns.schema) as writer:
        writer.write_table(columns)
    ended = copied(job, path, "arrow", schema)
    assert ended.code == "COLUMNS_MISMATCH"
    assert "has no columns" in str(ended.error)


@NESTED
def test_steps_hand_the_values_of_every_type_on(job: RunJob, tmp_path: Path, nesting: str) -> None:
    refused = ("interval", "sparse union", "dense union")
    kinds = {name: nested(nesting, kind) for name, kind in KINDS.items() if name not in refused}
    source = written(tmp_path / "in.arrow", {"row": pa.array([1, 2, 3]), **arrays(kinds)})
    asked = [{"name": name, "function": "last", "column": name} for name in kinds]
    ended = job(
        source,
        None,
        "arrow",
        target_type="arrow",
        validation_mode="skip",
        profile=True,
        transformations=[
            "normalize",
            "deduplicate",
            {"type": "aggregate", "group_by": ["row"], "aggregates": asked},
        ],
    )
    table = staged(ended, "arrow")
    table.validate(full=True)
    for name, kind in kinds.items():
        assert table.column(name).to_pylist() == kind.plain.to_pylist(), name
    assert ended.result is not None
    for column in ended.result["profile"]["columns"]:
        assert (column["count"] + column["nulls"], column["distinct"] is None) == (3, False)
