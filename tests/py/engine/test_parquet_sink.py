"""Where the output's row groups end depends on the rows alone."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl_polyglot.engine.sinks import parquet
from etl_polyglot.engine.sinks.parquet import ParquetSink
from etl_polyglot.engine.sinks.row_bytes import row_bytes
from etl_polyglot.engine.sinks.sink import SinkRequest

ROWS = 500
BATCH = pa.record_batch(
    {
        "number": pa.array(range(ROWS)),
        "text": pa.array([None if n % 7 == 0 else "é" * (n * 37 % 300) for n in range(ROWS)]),
        "list": pa.array([None if n % 5 == 0 else ["x" * (n % 9)] * (n % 4) for n in range(ROWS)]),
        "struct": pa.array([{"a": n, "b": [{"c": "y" * (n % 50)}]} for n in range(ROWS)]),
        "map": pa.array(
            [[("k", n)] * (n % 3) for n in range(ROWS)], pa.map_(pa.string(), pa.int64())
        ),
        "nothing": pa.nulls(ROWS),
    }
)


def staged(path: Path, batch_rows: int) -> tuple[str, list[int]]:
    """The hash of the output, and the rows of each row group."""
    with ParquetSink(SinkRequest(path, path.name, BATCH.schema, {})) as sink:
        for start in range(0, ROWS, batch_rows):
            sink.write(BATCH.slice(start, batch_rows))
        output = sink.finish()
    assert output.rows == ROWS
    assert pq.read_table(path).equals(pa.Table.from_batches([BATCH]))
    metadata = pq.ParquetFile(path).metadata
    groups = [metadata.row_group(at).num_rows for at in range(metadata.num_row_groups)]
    return output.sha256, groups


def test_row_groups_of_large_rows_end_at_so_many_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "ROW_GROUP_BYTES", 20_000)
    hashes = set()
    for batch_rows in (1, 7, 64, ROWS):
        sha256, groups = staged(tmp_path / str(batch_rows), batch_rows)
        hashes.add(sha256)
    assert len(hashes) == 1
    sizes, start = row_bytes(BATCH), 0
    for rows in groups[:-1]:
        assert sizes[start : start + rows - 1].sum() < 20_000 <= sizes[start : start + rows].sum()
        start += rows
    assert len(groups) > 3


def test_the_bytes_of_a_row_are_those_of_its_values() -> None:
    rows = pa.record_batch(
        {"a": pa.array([1, 2]), "b": pa.array(["é", None]), "c": pa.array([["x", "yz"], []])}
    )
    assert row_bytes(rows).tolist() == [8 + 2 + 3, 8]
    assert row_bytes(rows.slice(1)).tolist() == [8]
