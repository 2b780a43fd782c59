"""Which resource a job ran out of, and where."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from etl_polyglot.engine.database import locked_database
from etl_polyglot.engine.errors import JobError, first_line, resource_error
from etl_polyglot.engine.staging import Stager


def test_a_spill_that_finds_no_room_is_a_full_disk(tmp_path: Path) -> None:
    query = "SELECT count(*) FROM (SELECT 'key ' || i AS k FROM range(1000000) r(i) GROUP BY k)"
    with duckdb.connect(config={"threads": 1, "memory_limit": "16MB"}) as connection:
        connection.execute("SET temp_directory = ?", [str(tmp_path)])
        connection.execute("SET max_temp_directory_size = '1MB'")
        with pytest.raises(duckdb.OutOfMemoryException) as raised:
            connection.execute(query).fetchall()
    told = resource_error(raised.value, "the spill folder")
    assert told is not None
    assert (told.code, told.details) == ("DISK_FULL", {"path": "the spill folder"})


def test_memory_that_no_spill_can_save_is_the_memory_limit() -> None:
    with duckdb.connect(config={"threads": 1, "memory_limit": "16MB"}) as connection:
        connection.execute("SET temp_directory = ''")
        with pytest.raises(duckdb.OutOfMemoryException) as raised:
            connection.execute("CREATE TABLE t AS SELECT random() FROM range(10000000)")
    told = resource_error(raised.value, "the spill folder")
    assert told is not None
    assert told.code == "MEMORY_LIMIT"


def test_rows_that_cannot_be_laid_aside_name_the_spill_folder(tmp_path: Path) -> None:
    (tmp_path / "0.arrow").symlink_to("/dev/full")
    batch = pa.record_batch({"a": ["x"]})
    with pytest.raises(JobError) as raised:
        Stager(tmp_path).write([batch], np.zeros(1, np.int64))
    assert (raised.value.code, raised.value.details) == ("DISK_FULL", {"path": str(tmp_path)})


def test_what_python_raised_within_arrow_is_told_without_its_stack() -> None:
    def batches() -> Iterator[pa.RecordBatch]:
        yield pa.record_batch({"a": [1]})
        raise ValueError("no such row")

    rows = pa.RecordBatchReader.from_batches(pa.schema([("a", pa.int64())]), batches())
    with locked_database(1, {}) as connection:
        connection.register("rows", rows)
        with pytest.raises(duckdb.Error, match="Traceback") as raised:
            connection.sql("SELECT sum(a) FROM rows").fetchall()
    told = first_line(raised.value)
    assert told.endswith("no such row")
    assert "Detail" not in told


def test_a_database_that_refuses_a_setting_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    opened, connect = list[duckdb.DuckDBPyConnection](), duckdb.connect

    def noted(**options: Any) -> duckdb.DuckDBPyConnection:
        opened.append(connect(**options))
        return opened[-1]

    monkeypatch.setattr(duckdb, "connect", noted)
    with pytest.raises(duckdb.Error, match="no_such_setting"):
        locked_database(1, {"no_such_setting": True})
    with pytest.raises(duckdb.ConnectionException):
        opened[0].execute("SELECT 1")
