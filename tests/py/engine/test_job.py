"""The life of a job: what it leaves, what it tells, and how it ends early."""

import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from etl_polyglot.engine import progress
from etl_polyglot.engine.job import JobError
from etl_polyglot.engine.progress import Counts

from .support import RunJob

LINES = "".join(f"{n % 900 + 1},n{n % 1000}\n" for n in range(200_000))
BIG = "id,name\n" + LINES


@pytest.mark.parametrize("steps", [[], ["normalize", "deduplicate"]])
def test_the_same_rows_give_the_same_bytes(job: RunJob, steps: list[str]) -> None:
    # Texts of many lengths: pages must not end where batches do.
    source = "a,b\n" + "".join(f"{str(n) * (n * 7919 % 60)},{n % 7}\n" for n in range(140_000))
    hashes = set()
    for params in (
        {"chunk_bytes": 50_000, "threads": 3, "batch_size": 999},
        {"chunk_bytes": 3_000_000, "threads": 1, "batch_size": 1_000_000},
    ):
        ended = job(source, "letter", transformations=steps, **params)
        assert ended.result is not None
        output = ended.result["output"]
        content = ended.staged.read_bytes()
        assert output["sha256"] == hashlib.sha256(content).hexdigest()
        assert output["bytes"] == len(content)
        hashes.add(output["sha256"])
    assert len(hashes) == 1


def test_other_libraries_read_the_output(job: RunJob) -> None:
    ended = job(
        "moment,day,strings,struct,number\n"
        '2024-01-01T00:00:00.123456+01:00,2024-02-29,a|é,"{""x"":1}",1.5\n,,,,\n',
        "kinds",
    )
    columns = "moment::TIMESTAMP, day::VARCHAR, strings, struct, number"
    with duckdb.connect() as connection:
        rows = connection.execute(f"SELECT {columns} FROM '{ended.staged}'").fetchall()
    assert str(rows[0][0]) == "2023-12-31 23:00:00.123456"
    assert rows[0][1:] == ("2024-02-29", ["a", "é"], {"x": 1, "y": None}, 1.5)
    assert rows[1] == (None,) * 5
    assert pq.ParquetFile(ended.staged).metadata.row_group(0).column(0).compression == "ZSTD"


def test_row_groups_have_a_fixed_size(job: RunJob) -> None:
    ended = job(BIG, chunk_bytes=100_000)
    metadata = pq.ParquetFile(ended.staged).metadata
    sizes = [metadata.row_group(n).num_rows for n in range(metadata.num_row_groups)]
    assert sizes == [131_072, 200_000 - 131_072]


def test_progress_is_told_and_ends_with_everything(job: RunJob) -> None:
    ended = job(BIG, transformations=["deduplicate"])
    first, last = ended.events[0], ended.events[-1]
    assert first["progress"]["stage"] == "extract"
    assert first["progress"]["bytes_total"] == len(BIG)
    assert last["progress"]["stage"] == "publish"
    assert (last["progress"]["bytes_read"], last["progress"]["rows_read"]) == (len(BIG), 200_000)
    assert last["counts"]["written"] == 900
    ratios = [event["progress"]["ratio"] for event in ended.events]
    assert ratios == sorted(ratios)
    assert ratios[-1] == 1


@pytest.mark.alone
def test_progress_is_told_all_the_time_and_moves_while_the_whole_data_is_looked_at(
    job: RunJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "_TELL_SECONDS", 0.05)  # for on a quick machine it is short
    monkeypatch.setattr(progress, "_WAIT_SECONDS", 0.02)
    lines = "".join(f"{n * 7919 % 600_011},{n % 1000}.5\n" for n in range(800_000))
    total = {"name": "total", "function": "sum", "column": "number"}
    steps = [
        {"type": "deduplicate", "key": ["integer"]},
        {"type": "aggregate", "group_by": ["integer"], "aggregates": [total]},
    ]
    told: list[float] = []
    ended = job(
        "integer,number\n" + lines,
        "kinds",
        transformations=steps,
        profile=True,
        on_event=lambda event: told.append(time.monotonic()),
    )
    assert ended.code is None
    assert max(after - before for before, after in pairwise(told)) < 2
    ratios = [event["progress"]["ratio"] for event in ended.events]
    assert ratios == sorted(ratios)
    seen = {e["progress"]["ratio"] for e in ended.events if e["progress"]["stage"] == "transform"}
    assert len(seen) > 4


def test_a_source_that_grows_while_it_is_read_fails_the_job(job: RunJob, tmp_path: Path) -> None:
    path = tmp_path / "growing.csv"
    path.write_text(BIG)

    def grow() -> bool:
        with path.open("a") as file:
            file.write("1,a\n")
        return False

    assert job(path, cancelled=grow).code == "SOURCE_CHANGED"


def test_a_source_that_shrinks_while_it_is_read_fails_the_job(job: RunJob, tmp_path: Path) -> None:
    path = tmp_path / "shrinking.csv"
    path.write_text(BIG)

    def shrink() -> bool:
        os.truncate(path, 100)
        return False

    assert job(path, cancelled=shrink, chunk_bytes=10_000).code == "SOURCE_CHANGED"


@pytest.mark.parametrize("mode", ["strict", "lenient"])
def test_no_verdict_is_given_on_a_source_that_changes_while_it_is_read(
    job: RunJob, tmp_path: Path, mode: str
) -> None:
    path = tmp_path / "growing.json"
    path.write_text('[{"id":1,"name":"a"},{"id":0}, {"na')

    def grow(event: dict[str, Any]) -> None:
        with path.open("a") as file:
            file.write('me":"b"}]')

    ended = job(path, source_type="json", validation_mode=mode, on_event=grow)
    assert ended.code == "SOURCE_CHANGED"


def test_what_is_no_regular_file_is_no_source(job: RunJob, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    for path in (tmp_path / "absent.csv", tmp_path / "fifo", tmp_path):
        ended = job(path)
        assert ended.code == "SOURCE_MISSING"
        assert ended.error is not None
        assert ended.error.details["reason"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with room for 16 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, check=False).returncode != 0:
        pytest.skip("a file system can be mounted by root on Linux only")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("target_type", ["csv", "ndjson", "json", "parquet", "arrow"])
def test_a_full_disk_fails_the_job_and_leaves_no_output(
    job: RunJob, small_disk: Path, target_type: str
) -> None:
    staged = str(small_disk / "out")
    kind = {"target_type": target_type, "target_name": "out"}
    for count in (500, 30_000):  # full when the file is flushed, and while rows are written
        lines = (f"{hashlib.sha512(b'%d' % n).hexdigest()},x\n" for n in range(count))
        ended = job("a,b\n" + "".join(lines), "letter", staged_path=staged, **kind)
        assert ended.code == "DISK_FULL"
        assert list(small_disk.iterdir()) == []


def test_rejects_that_cannot_be_kept_fail_the_job(job: RunJob) -> None:
    ended = job("id,name\n0,a\n", validation_mode="lenient", rejects_path="/dev/full")
    assert ended.code == "DISK_FULL"


def test_a_job_without_a_schema_needs_a_typed_source(job: RunJob) -> None:
    with pytest.raises(ValueError, match="needs a schema"):
        job("a\n", schema=None, validation_mode="skip")


def test_steps_account_for_every_row(job: RunJob) -> None:
    ended = job(
        "id,name\n1,a\n1,b\n0,c\nx,d\n2\n",
        transformations=["deduplicate"],
        validation_mode="lenient",
    )
    assert ended.result is not None
    steps: list[dict[str, Any]] = ended.result["steps"]
    assert [(step["step"], step["rows_in"], step["rows_out"]) for step in steps] == [
        ("read", 5, 4),
        ("cast", 4, 3),
        ("validate", 3, 2),
        ("convert", 2, 2),
        ("deduplicate", 2, 1),
        ("write", 1, 1),
    ]


def test_counts_that_do_not_add_up_are_a_failure() -> None:
    Counts(read=5, written=1, rejected=2, filtered=1, deduplicated=1).check(given=1, stored=1)
    with pytest.raises(JobError):
        Counts(read=5, written=5).check(given=5, stored=4)
    with pytest.raises(JobError) as raised:
        Counts(read=5, written=4).check(given=4, stored=4)
    assert raised.value.code == "COUNTS_MISMATCH"
    assert raised.value.details["read"] == 5


def test_what_stands_at_the_staged_path_is_never_written_over(job: RunJob, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("keep me")
    (tmp_path / "staged.parquet").symlink_to(precious)
    ended = job("id,name\n1,a\n", staged_path=str(tmp_path / "staged.parquet"))
    assert ended.code == "JOB_FAILED"
    assert precious.read_text() == "keep me"


def test_rejects_name_the_source_as_its_user_did(job: RunJob) -> None:
    ended = job("id,name\nx,a\n", source_name="./data/in.csv", validation_mode="lenient")
    assert [reject["source"] for reject in ended.rejects] == ["./data/in.csv"]
