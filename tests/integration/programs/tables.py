"""Writes and reads tables by pyarrow and pandas alone, for tests of what a server reads and writes.

`tables.py read FILE…` prints `{"types", "rows"}` of each file as a JSON line;
`tables.py write FILE` writes the users of standard input, a JSON array, as Parquet.
"""

import json
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq


def read(path: Path) -> pa.Table:
    if path.suffix == ".csv":
        return of_frame(pd.read_csv(path, dtype=str, keep_default_na=False))
    if path.suffix == ".ndjson":
        return of_frame(pd.read_json(path, lines=True, dtype=False))
    if path.suffix == ".parquet":
        return pq.read_table(path)
    with pa.memory_map(str(path)) as file:
        if path.suffix == ".arrows":
            return pa.ipc.open_stream(file).read_all()
        return pa.ipc.open_file(file).read_all()


def of_frame(frame: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(frame, preserve_index=False)


def write(path: Path) -> None:
    rows = json.load(sys.stdin)
    for row in rows:
        row["created_at"] = pd.Timestamp(row["created_at"]).to_pydatetime()
    pq.write_table(pa.Table.from_pylist(rows), path, compression="snappy", row_group_size=2)


command, *paths = sys.argv[1:]
for path in map(Path, paths):
    if command == "write":
        write(path)
        continue
    table = read(path)
    types = {field.name: str(field.type) for field in table.schema}
    told = {"types": types, "rows": table.to_pylist()}
    print(json.dumps(told, default=lambda instant: instant.isoformat()))
