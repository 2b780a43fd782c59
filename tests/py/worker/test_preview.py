"""`preview`: the first rows of a file, or why there are none."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl_polyglot.functions.function_set import FunctionSet
from etl_polyglot.rules.rule_set import RuleSet
from etl_polyglot.schema.registry import SchemaRegistry
from etl_polyglot.worker.calls import Call, CallError
from etl_polyglot.worker.methods.preview import preview

ROWS = "id,name\n" + "".join(f"{number},a\n" for number in range(9))


def read(path: Path, limit: int = 5, file_type: str | None = None) -> pa.Table:
    file_type = file_type or path.suffix[1:]
    params = {"path": str(path), "type": file_type, "limit": limit}
    registry, rules, functions = SchemaRegistry({}), RuleSet(), FunctionSet()
    reply = preview(Call("preview", params, None, registry, rules, functions, lambda _: None))
    assert isinstance(reply.body, pa.Table)
    return reply.body


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path = tmp_path / "rows.csv"
    path.write_text(ROWS)
    return path


@pytest.mark.parametrize(("limit", "expected"), [(0, 0), (3, 3), (100, 9)])
def test_gives_as_many_rows_as_are_asked_for(csv: Path, limit: int, expected: int) -> None:
    assert read(csv, limit).num_rows == expected


def test_reads_on_where_parquet_lies_in_small_row_groups(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"id": range(9)}), path, row_group_size=2)
    assert read(path, 5).to_pydict() == {"id": [0, 1, 2, 3, 4]}


def test_a_header_alone_has_columns_and_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "header.csv"
    path.write_text("id,name\n")
    assert (read(path).column_names, read(path).num_rows) == (["id", "name"], 0)


def test_says_why_a_file_cannot_be_read(tmp_path: Path, csv: Path) -> None:
    (tmp_path / "empty.csv").touch()
    (tmp_path / "folder.csv").mkdir()
    for path, file_type, code in [
        (tmp_path / "none.csv", "csv", "SOURCE_NOT_FOUND"),
        (tmp_path / "empty.csv", "csv", "INPUT_CORRUPT"),
        (tmp_path / "folder.csv", "csv", "SOURCE_MISSING"),
        (csv, "parquet", "INPUT_CORRUPT"),
        (csv, "xlsx", "INVALID_REQUEST"),
    ]:
        with pytest.raises(CallError) as raised:
            read(path, file_type=file_type)
        assert raised.value.code == code
