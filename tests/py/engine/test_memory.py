"""A job holds its memory limit, whatever its source holds."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

MEGABYTE = 1024 * 1024
LIMIT = 128 * MEGABYTE
LEAST_SHARE = 96 * MEGABYTE
"""What a job has under the smallest `ETL_MEMORY_LIMIT` when two run at a time."""
LEAST_NEED = 224 * MEGABYTE
"""What docs/operations.md says that a job may take whatever its share."""
HERE = Path(__file__).parent

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="the peak is read from /proc"
)

Measure = Callable[..., dict[str, Any]]


@pytest.fixture
def measure(tmp_path: Path) -> Measure:
    """Runs a job in a process of its own; returns its counts and its peak of memory."""

    def run(source_type: str, schema: str, content: bytes, **params: Any) -> dict[str, Any]:
        (tmp_path / "in").write_bytes(content)
        spec = {
            "job_id": "job",
            "source_type": source_type,
            "source_path": str(tmp_path / "in"),
            "target_type": "parquet",
            "staged_path": str(tmp_path / "out"),
            "schema_name": schema,
            "validation_mode": "lenient",
            "rejects_path": str(tmp_path / "rejects"),
            "spill_dir": str(tmp_path / "spill"),
            "threads": 2,
            "memory_limit": LIMIT,
        }
        asked = {
            "spec": spec | params,
            "schemas": str(HERE / "schemas"),
            "cache": str(tmp_path / "cache"),
        }
        done = subprocess.run(
            [sys.executable, HERE / "peak.py"],
            input=json.dumps(asked),
            capture_output=True,
            check=True,
            text=True,
        )
        told: dict[str, Any] = json.loads(done.stdout)
        return told

    return run


BAD: dict[str, tuple[str, str, bytes]] = {
    "CSV records of too few fields": ("csv", "letter", b"a,b\n" + b"x\n" * 200_000),
    "CSV records with bad quotes": ("csv", "letter", b"a,b\n" + b'x,"y"z\n' * 200_000),
    "CSV values of a wrong type": ("csv", "item", b"id,name\n" + b"x,a\n" * 200_000),
    "NDJSON of a wrong type": ("ndjson", "item", b'{"id":"x"}\n' * 200_000),
}


@pytest.mark.parametrize("source", BAD)
def test_rejects_are_not_gathered_in_memory(measure: Measure, source: str) -> None:
    source_type, schema, content = BAD[source]
    told = measure(source_type, schema, content, validation_mode="skip")
    assert told["counts"]["rejected"] == 200_000
    assert told["peak"] < LIMIT


LONG_RECORDS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a CSV field of 100 MB": ("csv", lambda: b"a,b\nx," + b"y" * 100_000_000 + b"\nx,y\n"),
    "a quote that does not close, before 40 MB": (
        "csv",
        lambda: b'a,b\nx,"\n' + b"x,y\n" * 10_000_000,
    ),
    "a value of 100 MB": ("json", lambda: b'[{"a":"' + b"y," * 50_000_000 + b'"},{"a":"x"}]'),
}


@pytest.mark.parametrize("source", LONG_RECORDS)
def test_a_record_of_any_length_is_told_in_bounded_memory(measure: Measure, source: str) -> None:
    source_type, content = LONG_RECORDS[source]
    told = measure(source_type, "letter", content())
    assert told["counts"]["rejected"] == 1
    assert told["counts"]["written"] == told["counts"]["read"] - 1
    assert told["peak"] < 3 * LIMIT


def test_long_texts_do_not_wait_for_a_row_group_of_so_many_rows(measure: Measure) -> None:
    line = b"x" * 10_000 + b",y\n"
    told = measure("csv", "letter", b"a,b\n" + line * 30_000)
    assert told["counts"]["written"] == 30_000
    assert told["peak"] < 2 * LIMIT


def test_deduplication_spills_what_its_memory_cannot_hold(measure: Measure) -> None:
    lines = b"".join(b"key-%d,v\n" % (n % 1_500_000) for n in range(2_000_000))
    told = measure("csv", "letter", b"a,b\n" + lines, transformations=["deduplicate"])
    assert told["counts"]["written"] == 1_500_000
    assert "duckdb" in told["spilt"]
    assert told["peak"] < 2 * LIMIT


def test_a_file_beyond_the_limit_deduplicates_and_aggregates_within_it(measure: Measure) -> None:
    lines = b"".join(b"key-%d,%d\n" % (n * 7919 % 1_500_000, n) for n in range(2_500_000))
    steps = [
        {"type": "deduplicate", "key": ["a"], "keep": "last"},
        {
            "type": "aggregate",
            "group_by": ["a"],
            "aggregates": [
                {"name": "rows", "function": "count"},
                {"name": "greatest", "function": "max", "column": "b"},
                {"name": "different", "function": "count_distinct", "column": "b"},
            ],
        },
    ]
    told = measure("csv", "letter", b"a,b\n" + lines, transformations=steps)
    assert told["counts"]["deduplicated"] == 1_000_000
    assert told["counts"]["written"] == 1_500_000
    assert "duckdb" in told["spilt"]
    assert told["peak"] < 2 * LIMIT


def test_the_least_that_a_job_needs_is_what_the_docs_say(measure: Measure) -> None:
    lines = b"".join(b"a text and key %d,%d\n" % (n * 7919 % 900_001, n) for n in range(1_200_000))
    aggregates = [{"name": "last", "function": "last", "column": "b"}]
    told = measure(
        "csv",
        "letter",
        b"a,b\n" + lines,
        transformations=[
            {"type": "deduplicate", "key": ["a"]},
            {"type": "aggregate", "group_by": ["a"], "aggregates": aggregates},
        ],
        profile=True,
        memory_limit=LEAST_SHARE,
    )
    assert told["counts"]["written"] == 900_001
    assert told["peak"] < LEAST_NEED
    docs = (HERE.parents[2] / "docs/operations.md").read_text()
    assert f"{LEAST_NEED // MEGABYTE} MiB" in docs
