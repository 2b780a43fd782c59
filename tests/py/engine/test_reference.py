"""The engine agrees with the plain way to do its work: the csv module, and Pydantic row by row."""

import csv
import io
import json
import re
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl_polyglot.schema.registry import SchemaRegistry

from .support import RunJob

NAMES = ["id", "name", "score", "active", "tags"]
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
BOOLEANS = {"true": True, "True": True, "TRUE": True, "1": True}
BOOLEANS |= {"false": False, "False": False, "FALSE": False, "0": False}


def cast(name: str, text: str) -> Any:
    """The value of a text, by the rules for CSV; raises ValueError where there is none."""
    if name == "name":
        return text
    if name == "active":
        if text not in BOOLEANS:
            raise ValueError(text)
        return BOOLEANS[text]
    if name == "tags":
        return json.loads(text) if text.startswith("[") else text.split("|") if text else []
    if not NUMBER.fullmatch(text):
        raise ValueError(text)
    if name == "score":
        return float(text)
    if Decimal(text) % 1 or abs(Decimal(text)) > 2**53 - 1:
        raise ValueError(text)
    return int(Decimal(text))


def reference(source: str, schemas: SchemaRegistry) -> tuple[list[dict[str, Any]], list[Any]]:
    """The rows that the job must write, and the index, stage and line of those it rejects."""
    model = schemas.get("item").model
    good: list[dict[str, Any]] = []
    rejects: list[tuple[int, str, int]] = []
    seen: set[int] = set()
    reader = csv.reader(io.StringIO(source, newline=""))
    next(reader)
    line = 2
    for index, fields in enumerate(reader):
        began, line = line, reader.line_num + 1
        if len(fields) != len(NAMES):
            rejects.append((index, "parse", began))
            continue
        try:
            row = {n: cast(n, t) for n, t in zip(NAMES, fields, strict=True) if t}
        except ValueError:
            rejects.append((index, "cast", began))
            continue
        if not model.__pydantic_validator__.isinstance_python(row):
            rejects.append((index, "validate", began))
        elif row["id"] not in seen:
            seen.add(row["id"])
            good.append({name: row.get(name) for name in NAMES})
    return good, rejects


NUMBERS = st.integers(-2, 40).map(str) | st.sampled_from(["1.0", "1e1", "0x1", "+3", "1.5", "2000"])
FIELDS = {
    "id": NUMBERS,
    "name": st.text('ab"\n,é', max_size=9),
    "score": NUMBERS | st.floats(allow_nan=False, allow_infinity=False).map(repr) | st.just("nan"),
    "active": st.sampled_from([*BOOLEANS, "", "yes"]),
    "tags": st.sampled_from(["", "a", "a|b", "a|b|c", '["x"]', '["x"', "|", "a,b"]),
}
RECORDS = st.tuples(*FIELDS.values()) | st.lists(st.text("a1", min_size=1, max_size=2), max_size=7)


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(RECORDS, max_size=25),
    st.sampled_from(["\n", "\r\n"]),
    st.integers(1, 200),
    st.integers(1, 3),
    st.integers(1, 10),
)
def test_the_engine_agrees_with_a_reader_that_goes_row_by_row(
    job: RunJob,
    schemas: SchemaRegistry,
    records: list[Any],
    line_end: str,
    chunk_bytes: int,
    threads: int,
    batch_size: int,
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=line_end).writerows([NAMES, *filter(None, records)])
    ended = job(
        text.getvalue(),
        validation_mode="lenient",
        transformations=["deduplicate"],
        chunk_bytes=chunk_bytes,
        threads=threads,
        batch_size=batch_size,
    )
    rows, rejects = reference(text.getvalue(), schemas)
    assert ended.rows == rows
    places = {(r["index"], r["stage"], r["line"]): None for r in ended.rejects}
    assert list(places) == rejects
