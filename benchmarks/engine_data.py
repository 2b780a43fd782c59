"""The benchmark's inputs: people in CSV, the same for the same number of rows."""

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

BAD_ONE_IN = 100
"""Which records are bad where some are: those whose `id` this divides."""

_PART_ROWS = 500_000


def write_people(path: Path, rows: int, bad: bool) -> None:
    """Write a CSV file of so many records, about 100 bytes each, unless it is there.

    One comment in sixteen is quoted; one field of an optional column in ten is empty. The good
    records of a file with bad ones are those of the file without.

    Parameters:
        path: the file; it appears when it is whole.
        rows: how many records.
        bad: whether every hundredth is bad, in one of five ways in turn: an email that is none,
            an age out of range, a moment that is none, a score that is no number, a field too
            many.
    """
    if path.exists():
        return
    aside = path.with_suffix(".part")
    with aside.open("wb") as file:
        file.write(b"id,email,name,age,created_at,is_active,score,country,comment\n")
        for start in range(0, rows, _PART_ROWS):
            file.write(_part(start, min(_PART_ROWS, rows - start), bad))
    aside.rename(path)


def _part(start: int, rows: int, bad: bool) -> bytes:
    random = np.random.default_rng(start)

    def pick(values: list[str]) -> Any:
        return pa.array(values).take(random.integers(0, len(values), rows))

    def sometimes(values: Any) -> Any:
        return pc.if_else(pa.array(random.random(rows) < 0.9), values, "")

    numbers = np.arange(start + 1, start + rows + 1)
    fault = np.where(bad & (numbers % BAD_ONE_IN == 0), numbers // BAD_ONE_IN % 5, -1)

    def spoiled(kind: int, values: Any, wrong: Any) -> Any:
        return pc.if_else(pa.array(fault == kind), wrong, values)

    ids = pa.array(numbers).cast(pa.string())
    first, last = pick(FIRST), pick(LAST)
    moments = pa.array(random.integers(1_262_304_000, 1_735_689_600, rows)).cast(pa.timestamp("s"))
    plain = pc.binary_join_element_wise(pick(WORDS), pick(WORDS), pick(WORDS), pick(WORDS), " ")
    quoted = pc.binary_join_element_wise('"', plain, ', said ""', pick(WORDS), '"""', "")
    comments = pc.if_else(pa.array(random.integers(0, 16, rows) == 0), quoted, plain)
    emails = pc.binary_join_element_wise(
        "user", ids, "@mail", pick(list("123456789")), ".example.com", ""
    )
    columns = [
        ids,
        spoiled(0, emails, "nobody"),
        pc.binary_join_element_wise(first, last, " "),
        spoiled(1, sometimes(pa.array(random.integers(16, 95, rows)).cast(pa.string())), "200"),
        spoiled(2, pc.strftime(moments, format="%Y-%m-%dT%H:%M:%SZ"), "yesterday"),
        sometimes(pick(["true", "false"])),
        spoiled(
            3, sometimes(pa.array(random.integers(0, 10_000, rows) / 100).cast(pa.string())), "high"
        ),
        sometimes(pick(COUNTRIES)),
        spoiled(4, comments, pc.binary_join_element_wise(comments, "more", ",")),
    ]
    lines = pc.binary_join_element_wise(*columns, ",")
    whole = pc.binary_join(pa.ListArray.from_arrays(pa.array([0, rows], pa.int32()), lines), "\n")
    return bytes(whole[0].as_buffer()) + b"\n"
