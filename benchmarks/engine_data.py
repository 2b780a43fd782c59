"""The benchmark's input: people in CSV, the same for the same number of rows."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute

pc: Any = pyarrow.compute

COUNTRIES = ["AT", "BR", "CH", "DE", "ES", "FR", "GB", "IN", "IT", "JP", "MX", "NG", "PL", "US"]
FIRST = ["Ana", "Björn", "Chloé", "Dmitri", "Emeka", "Fatima", "Grace", "Hiroshi", "Inés", "Jan"]
LAST = ["Alves", "Berg", "Costa", "Diallo", "Eriksen", "Fischer", "García", "Huber", "Ito", "Jones"]
WORDS = ["called", "about", "delivery", "invoice", "paid", "twice", "asks", "refund", "new", "plan"]

_PART_ROWS = 500_000


def write_people(path: Path, rows: int) -> int:
    """Write a CSV file of so many valid records, about 100 bytes each.

    One comment in sixteen is quoted; one field of an optional column in ten is empty.

    Parameters:
        path: the file.
        rows: how many records.

    Returns:
        The size of the file in bytes.
    """
    with path.open("wb") as file:
        file.write(b"id,email,name,age,created_at,is_active,score,country,comment\n")
        for start in range(0, rows, _PART_ROWS):
            file.write(_part(start, min(_PART_ROWS, rows - start)))
    return path.stat().st_size


def _part(start: int, rows: int) -> bytes:
    random = np.random.default_rng(start)

    def pick(values: list[str]) -> Any:
        return pa.array(values).take(random.integers(0, len(values), rows))

    def sometimes(values: Any) -> Any:
        return pc.if_else(pa.array(random.random(rows) < 0.9), values, "")

    ids = pa.array(np.arange(start + 1, start + rows + 1)).cast(pa.string())
    first, last = pick(FIRST), pick(LAST)
    moments = pa.array(random.integers(1_262_304_000, 1_735_689_600, rows)).cast(pa.timestamp("s"))
    plain = pc.binary_join_element_wise(pick(WORDS), pick(WORDS), pick(WORDS), pick(WORDS), " ")
    quoted = pc.binary_join_element_wise('"', plain, ', said ""', pick(WORDS), '"""', "")
    columns = [
        ids,
        pc.binary_join_element_wise(
            "user", ids, "@mail", pick(list("123456789")), ".example.com", ""
        ),
        pc.binary_join_element_wise(first, last, " "),
        sometimes(pa.array(random.integers(16, 95, rows)).cast(pa.string())),
        pc.strftime(moments, format="%Y-%m-%dT%H:%M:%SZ"),
        sometimes(pick(["true", "false"])),
        sometimes(pa.array(random.integers(0, 10_000, rows) / 100).cast(pa.string())),
        sometimes(pick(COUNTRIES)),
        pc.if_else(pa.array(random.integers(0, 16, rows) == 0), quoted, plain),
    ]
    lines = pc.binary_join_element_wise(*columns, ",")
    whole = pc.binary_join(pa.ListArray.from_arrays(pa.array([0, rows], pa.int32()), lines), "\n")
    return bytes(whole[0].as_buffer()) + b"\n"
