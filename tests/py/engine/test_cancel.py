"""A cancelled job ends within a second, whatever its source holds."""

import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from .support import RunJob

pytestmark = pytest.mark.alone

SECONDS = 1.0
LONG: dict[str, tuple[str, Callable[[], bytes]]] = {
    "good CSV": ("csv", lambda: b"a,b\n" + b"".join(b"%d,x\n" % n for n in range(3_000_000))),
    "CSV records of too few fields": ("csv", lambda: b"a,b\n" + b"x\n" * 3_000_000),
    "CSV records with bad quotes": ("csv", lambda: b"a,b\n" + b'x,"y"z\n' * 2_000_000),
    "a bad quote before good records": ("csv", lambda: b'a,b\nx,y"\n' + b'x,"y"\n' * 6_000_000),
    "a bad quote after many fields": ("csv", lambda: b"a,b\n" + b"," * 20_000_000 + b'x"'),
    "good NDJSON": ("ndjson", lambda: b'{"a":"x"}\n' * 2_000_000),
    "NDJSON of a wrong type": ("ndjson", lambda: b'{"a":5}\n' * 1_000_000),
    "NDJSON that is none": ("ndjson", lambda: b"x\n" * 3_000_000),
    "NDJSON records of many values": (
        "ndjson",
        lambda: (b'{"a":[' + b"1," * 240_000 + b"1]}\n") * 36,
    ),
    "an NDJSON record of too many values": (
        "ndjson",
        lambda: b'{"a":[' + b"[]," * 10_000_000 + b"1]}\n" + b'{"a":"x"}\n' * 2_000_000,
    ),
    "a JSON array on one line": ("json", lambda: b"[" + b"1," * 3_000_000 + b"1]"),
}


def threads_left() -> list[str]:
    """What runs beside the test, but for a flush, for which no job waits."""
    others = set(threading.enumerate()) - {threading.main_thread()}
    return [thread.name for thread in others if thread.name != "flush"]


@pytest.mark.parametrize("mode", ["lenient", "skip"])
@pytest.mark.parametrize("source", LONG)
def test_a_cancelled_job_ends_within_a_second(
    job: RunJob, tmp_path: Path, source: str, mode: str
) -> None:
    source_type, content = LONG[source]
    path = tmp_path / "long"
    path.write_bytes(content())
    told: list[dict[str, Any]] = []
    asked: list[float] = []

    def cancel(event: dict[str, Any]) -> None:
        told.append(event)
        # The first event is told before there are threads, the second while they work.
        if len(told) > 1:
            asked.append(time.monotonic())

    ended = job(
        path,
        "letter",
        source_type,
        validation_mode=mode,
        transformations=["deduplicate"],
        on_event=cancel,
        cancelled=lambda: bool(asked),
    )
    assert ended.code == "CANCELLED"
    assert time.monotonic() - asked[0] < SECONDS
    assert "written" not in ended.counts
    assert not threads_left()


AGGREGATE = {
    "type": "aggregate",
    "group_by": ["a"],
    "aggregates": [{"name": "n", "function": "count_distinct", "column": "b"}],
}


@pytest.mark.parametrize("stage", ["transform", "load"])
@pytest.mark.parametrize("step", ["deduplicate", AGGREGATE], ids=["deduplicate", "aggregate"])
def test_a_job_is_cancelled_in_any_pass(job: RunJob, tmp_path: Path, step: Any, stage: str) -> None:
    path = tmp_path / "long"
    path.write_bytes(LONG["good CSV"][1]())
    asked: list[float] = []

    def cancel(event: dict[str, Any]) -> None:
        if event["progress"]["stage"] == stage:
            asked.append(time.monotonic())

    ended = job(
        path,
        "letter",
        transformations=[step],
        on_event=cancel,
        cancelled=lambda: bool(asked),
    )
    assert ended.code == "CANCELLED"
    assert time.monotonic() - asked[0] < SECONDS
    assert ended.counts == {"read": 3_000_000}


def parquet_of_one_row_group(table: pa.Table, path: Path) -> None:
    pq.write_table(table, path, compression="none", use_dictionary=False)


def arrow_file_of_one_batch(table: pa.Table, path: Path) -> None:
    with pa.ipc.new_file(path, table.schema) as writer:
        writer.write_table(table)


@pytest.mark.parametrize("write", [parquet_of_one_row_group, arrow_file_of_one_batch])
def test_a_job_that_waits_for_a_large_part_of_its_source_is_cancelled(
    job: RunJob, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Any
) -> None:
    path = tmp_path / "source"
    write(pa.table({"a": [b"%07d" % at * 10_000 for at in range(600)]}), path)
    preadv = os.preadv

    def from_a_slow_disk(file: int, buffers: list[memoryview], offset: int) -> int:
        time.sleep(sum(map(len, buffers)) / 15_000_000)
        return preadv(file, buffers, offset)

    monkeypatch.setattr(os, "preadv", from_a_slow_disk)
    asked: list[float] = []

    def cancel(event: dict[str, Any]) -> None:
        if asked or event["progress"]["eta_s"] is None:
            asked.append(time.monotonic())

    ended = job(
        path,
        None,
        "parquet" if write is parquet_of_one_row_group else "arrow",
        validation_mode="skip",
        memory_limit=2**30,
        on_event=cancel,
        cancelled=lambda: len(asked) > 1,
    )
    assert ended.code == "CANCELLED"
    assert time.monotonic() - asked[1] < SECONDS
    assert not threads_left()


FLUSHED = ["reading", "the rejects", "the output", "the report"]


@pytest.mark.parametrize("begun", range(4), ids=FLUSHED)
def test_a_cancelled_job_does_not_wait_for_a_slow_disk(
    job: RunJob, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, begun: int
) -> None:
    flushes: list[int] = []
    asked: list[float] = []
    awake = threading.Event()

    def sync(file: int) -> None:
        flushes.append(file)
        if len(flushes) >= begun:
            awake.wait(10)

    def cancelled() -> bool:
        if len(flushes) >= begun:
            asked.append(time.monotonic())
        return bool(asked)

    monkeypatch.setattr(os, "fsync", sync)
    ended = job("a,b\n" + "x,y\n" * 1_000, "letter", target_type="csv", cancelled=cancelled)
    seconds = time.monotonic() - asked[0]
    awake.set()
    for thread in threading.enumerate():
        if thread.name == "flush":
            thread.join()
    assert ended.code == "CANCELLED"
    assert seconds < SECONDS
    assert not ended.staged.exists()
    assert json.loads((tmp_path / "report.json").read_text())["counts"]["written"] == 0
