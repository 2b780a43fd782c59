"""The other way: rows as lines of JSON on stdin and, after an empty line, results on stdout."""

import gc
import sys
from io import BufferedReader, FileIO
from typing import BinaryIO

import orjson
import pandas as pd
from frame_work import with_age_in_months

COLUMNS = ("id", "email", "name", "age", "created_at", "is_active", "tags")
_ROWS_AT_A_TIME = 10_000
_BUFFER_BYTES = 1024 * 1024


def main() -> None:
    """Answer tables until stdin ends; an empty line ends each, in both directions."""
    source = BufferedReader(FileIO(0, closefd=False), _BUFFER_BYTES)
    target = sys.stdout.buffer
    while (rows := _read(source)) is not None:
        frame = pd.DataFrame.from_records(rows, columns=COLUMNS)
        del rows
        _write(with_age_in_months(frame), target)


def _read(source: BufferedReader) -> list[dict[str, object]] | None:
    rows = []
    # Rows have no cycles, and looking for some among a million would only take time.
    gc.disable()
    try:
        for line in source:
            if line == b"\n":
                return rows
            rows.append(orjson.loads(line))
    finally:
        gc.enable()
    return None


def _write(frame: pd.DataFrame, target: BinaryIO) -> None:
    for start in range(0, len(frame), _ROWS_AT_A_TIME):
        part = frame.iloc[start : start + _ROWS_AT_A_TIME]
        text = part.to_json(orient="records", lines=True, force_ascii=False)
        target.write(text.encode())
    target.write(b"\n")
    target.flush()


if __name__ == "__main__":
    main()
