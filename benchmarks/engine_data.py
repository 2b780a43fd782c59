"""The engine's benchmark's inputs: people in CSV, the same for the same number of rows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute

pc: Any = pyarrow.compute
Numbers = npt.NDArray[np.uint64]

HEADER = b"id,email,name,age,created_at,is_active,score,country,comment\n"
COUNTRIES = ["AT", "BR", "CH", "DE", "ES", "FR", "GB", "IN", "IT", "JP", "MX", "NG", "PL", "US"]
FIRST = ["Ana", "Björn", "Chloé", "Dmitri", "Emeka", "Fatima", "Grace", "Hiroshi", "Inés", "Jan"]
LAST = ["Alves", "Berg", "Costa", "Diallo", "Eriksen", "Fischer", "García", "Huber", "Ito", "Jones"]
WORDS = ["called", "about", "delivery", "invoice", "paid", "twice", "asks", "refund", "new", "plan"]

_PART_ROWS = 500_000
_DUPLICATE_ONE_IN, _UNTIDY_ONE_IN = 20, 10
_TIDY, _UNTIDY, _FAULTY, _FAULTS = 0, 1, 2, 5
"""The ways to write a record: as it should be, before normalisation, or with one of five faults."""


def write_people(path: Path, rows: int, percent_bad: int = 0) -> None:
    """Write a CSV file of so many records, about 100 bytes each, unless it is there.

    One record in twenty has the `id` of an earlier one, anywhere before it, and the same values.
    One in ten is untidy: decomposed letters, white space too much, the domain in capitals; once
    normalised it is like any other of its `id`. One comment in sixteen is quoted; one field of an
    optional column in ten is empty. What stands behind the number of a record and of its address
    repeats every half million numbers.

    Parameters:
        path: the file; it appears when it is whole.
        rows: how many records.
        percent_bad: of how many percent of the `id`s the records are bad, in one of five ways in
            turn: an address without a domain, an age out of range, a moment that is none, a score
            that is no number, a field too many. The others are those of the file without any.
    """
    if path.exists():
        return
    aside = path.with_suffix(".part")
    with aside.open("wb") as file:
        file.write(HEADER)
        for part in _parts(rows, percent_bad):
            file.write(part)
    aside.rename(path)


def is_bad(percent_bad: int, column: str) -> str:
    """Return the SQL condition that holds for the `id`s whose records are bad."""
    return f"({column} % {100 // percent_bad} = 0)" if percent_bad else "false"


def _parts(rows: int, percent_bad: int) -> Iterator[memoryview]:
    period = min(rows, _PART_ROWS)
    endings = _endings(period)
    for start in range(0, rows, _PART_ROWS):
        place = np.arange(start, min(start + _PART_ROWS, rows), dtype=np.uint64)
        earlier = 1 + _mixed(place, 1) % np.maximum(place, 1)
        repeats = (_mixed(place, 2) % _DUPLICATE_ONE_IN == 0) & (place > 0)
        ids = np.where(repeats, earlier, place + 1).astype(np.int64)
        way = np.where(_mixed(place, 3) % _UNTIDY_ONE_IN == 0, _UNTIDY, _TIDY)
        if percent_bad:
            one_in = 100 // percent_bad
            way = np.where(ids % one_in == 0, _FAULTY + ids // one_in % _FAULTS, way)
        numbers = pa.array(ids).cast(pa.string())
        ending = endings.take(pa.array(way * period + ids % period))
        lines = pc.binary_join_element_wise(numbers, ",user", numbers, ending, "")
        yield memoryview(lines.buffers()[2])


def _endings(period: int) -> pa.Array:
    """What follows the number in the address, in each way to write it, as one array."""
    number = np.arange(period, dtype=np.uint64)

    def among(count: int, salt: int) -> Any:
        return pa.array((_mixed(number, salt) % count).astype(np.int64))

    def pick(values: list[str], salt: int) -> Any:
        return pa.array(values).take(among(len(values), salt))

    def sometimes(values: Any, salt: int) -> Any:
        return pc.if_else(pc.greater(among(10, salt), 0), values, "")

    def joined(*columns: Any, by: str) -> Any:
        return pc.binary_join_element_wise(*columns, by)

    domain = joined("@mail", pick(list("123456789"), 10), ".example.com", by="")
    first, last = pick(FIRST, 11), pick(LAST, 12)
    age = sometimes(pc.add(among(79, 13), 16).cast(pa.string()), 14)
    moment = pc.add(among(473_385_600, 15), 1_262_304_000).cast(pa.timestamp("s"))
    created_at = pc.strftime(moment, format="%Y-%m-%dT%H:%M:%SZ")
    is_active = sometimes(pick(["true", "false"], 16), 17)
    score = sometimes(pc.divide(among(10_000, 18).cast(pa.float64()), 100).cast(pa.string()), 19)
    country = sometimes(pick(COUNTRIES, 20), 21)
    said = joined(*(pick(WORDS, salt) for salt in range(22, 26)), by=" ")
    quoted = joined('"', said, ', said ""', pick(WORDS, 26), '"""', by="")
    comment = pc.if_else(pc.equal(among(16, 27), 0), quoted, said)

    def written(**other: Any) -> Any:
        fields: dict[str, Any] = {
            "domain": domain,
            "name": joined(first, last, by=" "),
            "age": age,
            "created_at": created_at,
            "is_active": is_active,
            "score": score,
            "country": country,
            "comment": comment,
        }
        return joined(joined(*(fields | other).values(), by=","), "\n", by="")

    untidy = joined("  ", pc.utf8_normalize(first, "NFD"), "  ", last, " ", by="")
    ways = [
        written(),
        written(domain=pc.utf8_upper(domain), name=untidy),
        written(domain=""),
        written(age="200"),
        written(created_at="yesterday"),
        written(score="high"),
        written(comment=joined(comment, "more", by=",")),
    ]
    return pa.concat_arrays(ways)


def _mixed(numbers: Numbers, salt: int) -> Numbers:
    """Numbers as good as random, the same for the same ones (the finalizer of SplitMix64)."""
    mixed = numbers + np.uint64(salt * 0x9E3779B97F4A7C15 % 2**64)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed
