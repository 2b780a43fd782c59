"""The order of rows, the borders of chunks and the size of batches never change a verdict."""

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_polyglot.schema.errors import record_json
from etl_polyglot.schema.validator import BatchValidator

from .support import VECTORS, compiled, encoded, load_vector


@cache
def subject(path: Path) -> tuple[BatchValidator, list[Any], list[list[str]]]:
    """A vector's validator, its rows, and the errors of each as text, less their index."""
    vector = load_vector(path)
    with tempfile.TemporaryDirectory() as folder:
        validator = BatchValidator(compiled(Path(folder), vector.schema))
    errors = [[told(record) for record in records] for records in vector.errors]
    return validator, vector.rows, errors


def told(record: Any) -> str:
    return record_json({**record, "index": 0})


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(VECTORS), st.data())
def test_a_row_gets_its_own_verdict_wherever_it_stands(path: Path, data: st.DataObject) -> None:
    validator, rows, errors = subject(path)
    chosen = data.draw(st.lists(st.integers(0, len(rows) - 1), min_size=1, max_size=20))
    batch = encoded(validator.schema, [rows[position] for position in chosen])
    size = data.draw(st.integers(1, len(chosen)))
    found: list[list[str]] = [[] for _ in chosen]
    for start in range(0, len(chosen), size):
        verdict = validator.validate(batch.slice(start, size), start)
        for record in verdict.errors:
            found[record["index"]].append(told(record))
    assert found == [errors[position] for position in chosen]


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(VECTORS), st.data())
def test_columns_in_another_order_say_the_same(path: Path, data: st.DataObject) -> None:
    validator, rows, _ = subject(path)
    batch = encoded(validator.schema, rows)
    names = data.draw(st.permutations(batch.schema.names))
    assert isinstance(batch, pa.RecordBatch)
    expected = validator.validate(batch, 0)
    assert validator.validate(batch.select(names), 0).errors == expected.errors
