"""Every vector gets the same verdict and the same error records from rows and from columns."""

import json
from pathlib import Path

import pytest

from etl_polyglot.schema.errors import in_order, record_json
from etl_polyglot.schema.explain import explain
from etl_polyglot.schema.generate import ROOT
from etl_polyglot.schema.rows import columns_of
from etl_polyglot.schema.validator import BatchValidator, Verdict

from .support import VECTORS, Vector, compiled, doubts, encoded, fits_columns, load_vector


def agrees(verdict: Verdict, vector: Vector) -> None:
    given: list[list[str]] = [[] for _ in vector.rows]
    for record in verdict.errors:
        given[record["index"]].append(record_json(record))
    for row, texts, expected in zip(vector.rows, given, vector.errors, strict=True):
        assert texts == [record_json(record) for record in expected], json.dumps(row)
    valid = [not errors for errors in vector.errors]
    assert (valid if verdict.valid is not None else [True] * len(valid)) == valid
    if verdict.valid is not None:
        assert verdict.valid.tolist() == valid


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_a_vector_of_a_record_schema_has_the_schema_that_is_built_in(path: Path) -> None:
    name = path.stem.removeprefix("record-").replace("-", "_")
    record = ROOT / f"shared-schemas/records/{name}.schema.json"
    if record.is_file():
        assert load_vector(path).schema == json.loads(record.read_text("utf-8"))


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_rows_get_the_records_of_the_vector(path: Path, tmp_path: Path) -> None:
    vector = load_vector(path)
    validator = BatchValidator(compiled(tmp_path, vector.schema))
    agrees(validator.validate_rows(vector.rows, 0), vector)


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_the_first_records_of_a_row_are_the_same_where_fewer_are_asked_for(
    path: Path, tmp_path: Path
) -> None:
    vector = load_vector(path)
    root = compiled(tmp_path, vector.schema).root
    for row in vector.rows:
        records = explain(root, row, 0)
        assert records == in_order(records)
        for limit in range(3):
            assert explain(root, row, 0, limit) == records[:limit]


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_columns_get_the_records_of_the_vector(path: Path, tmp_path: Path) -> None:
    vector = load_vector(path)
    schema = compiled(tmp_path, vector.schema)
    batch = encoded(schema, vector.rows)
    agrees(BatchValidator(schema).validate(batch, 0), vector)


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_each_column_alone_doubts_its_own_wrong_values(path: Path, tmp_path: Path) -> None:
    vector = load_vector(path)
    schema = compiled(tmp_path, vector.schema)
    rows = [
        (row, {error["field"] for error in errors})
        for row, errors in zip(vector.rows, vector.errors, strict=True)
        if fits_columns(schema, row)
    ]
    batch = columns_of(schema, [row for row, _ in rows])
    for column in schema.columns:
        suspects = doubts(column, batch)
        for position, (row, wrong) in enumerate(rows):
            if column.name in wrong:
                assert suspects is not None, (column.name, row)
                assert suspects[position], (column.name, row)


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_valid_rows_of_a_vector_reach_the_output_types(path: Path, tmp_path: Path) -> None:
    vector = load_vector(path)
    schema = compiled(tmp_path, vector.schema)
    valid = [
        row
        for row, errors in zip(vector.rows, vector.errors, strict=True)
        if not errors and fits_columns(schema, row)
    ]
    validator = BatchValidator(schema)
    batch, failed = validator.to_output(validator.to_columns(valid))
    assert failed == {}
    assert batch.schema == schema.output_schema
    # What was converted is still valid: dates and times are judged by their types now.
    assert validator.validate(batch, 0).valid is None
