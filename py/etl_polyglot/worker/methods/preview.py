"""`preview`: the first rows of a columnar or CSV file."""

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from etl_polyglot.worker.calls import Call, CallError, Reply, method


@method("preview", retry=True)
def preview(call: Call) -> Reply:
    """Read the first `limit` rows of the file at `path`, of `type` `parquet` or `csv`.

    Returns:
        `{rows, columns}`, and the rows as an Arrow IPC stream.

    Raises:
        CallError: the file is not there or cannot be read, or its type is another.
    """
    path, file_type = Path(call.params["path"]), call.params["type"]
    try:
        table = _first_rows(path, file_type, call.params["limit"])
    except FileNotFoundError as error:
        details = {"path": str(path), "cwd": str(Path.cwd())}
        raise CallError("SOURCE_NOT_FOUND", f"{path} does not exist", details) from error
    except pa.ArrowInvalid as error:
        details = {"path": str(path), "format": file_type, "reason": str(error)}
        raise CallError("INPUT_CORRUPT", f"{path} cannot be read", details) from error
    except OSError as error:
        details = {"path": str(path), "reason": str(error)}
        raise CallError("SOURCE_MISSING", f"{path} cannot be opened", details) from error
    return Reply({"rows": table.num_rows, "columns": table.column_names}, table)


def _first_rows(path: Path, file_type: str, limit: int) -> pa.Table:
    if file_type == "csv":
        with pa.csv.open_csv(path) as reader:
            return _head(reader.schema, reader, limit)
    if file_type == "parquet":
        with pa.parquet.ParquetFile(path) as file:
            return _head(file.schema_arrow, file.iter_batches(batch_size=max(limit, 1)), limit)
    reason = f"{path} is not read here; only files of type csv and parquet are."
    raise CallError("INVALID_REQUEST", reason, {"reason": reason})


def _head(schema: pa.Schema, batches: Iterable[pa.RecordBatch], limit: int) -> pa.Table:
    taken: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        taken.append(batch)
        rows += batch.num_rows
        if rows >= limit:
            break
    return pa.Table.from_batches(taken, schema).slice(0, limit)
