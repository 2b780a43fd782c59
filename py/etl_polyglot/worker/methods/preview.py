"""`preview`: the first rows of a columnar or CSV file."""

from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from etl_polyglot.worker.calls import Call, CallError, Reply, method


@method("preview")
def preview(call: Call) -> Reply:
    """Read the first `limit` rows of the file at `path`, of `type` `parquet` or `csv`.

    Returns:
        `{rows, columns}`, and the rows as an Arrow IPC stream.
    """
    path = Path(call.params["path"])
    try:
        table = _first_rows(path, call.params["type"], call.params["limit"])
    except FileNotFoundError as error:
        details = {"path": str(path), "cwd": str(Path.cwd())}
        raise CallError("SOURCE_NOT_FOUND", f"{path} does not exist", details) from error
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return Reply({"rows": table.num_rows, "columns": table.column_names}, sink.getvalue())


def _first_rows(path: Path, file_type: str, limit: int) -> pa.Table:
    if file_type == "csv":
        with pa.csv.open_csv(path) as reader:
            schema, batches = reader.schema, [reader.read_next_batch()]
    else:
        with pa.parquet.ParquetFile(path) as file:
            schema = file.schema_arrow
            batches = list(islice(file.iter_batches(batch_size=max(limit, 1)), 1))
    return pa.Table.from_batches(batches, schema).slice(0, limit)
