"""Arrow files and streams in, and what an Arrow output has beside its values."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from etl_polyglot.engine.sinks.arrow import ArrowSink
from etl_polyglot.engine.sinks.sink import SinkRequest

from .support import Ended, RunJob

BOTH = pytest.mark.parametrize("new", [pa.ipc.new_file, pa.ipc.new_stream])


def written(new: Any, table: pa.Table, rows: int = 3, **options: Any) -> bytes:
    sink = pa.BufferOutputStream()
    with new(sink, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(table, max_chunksize=rows)
    return sink.getvalue().to_pybytes()


ITEMS = pa.table(
    {
        "id": pa.array([1, 2, 3, 4, 5, 6.5, 2**53]),
        "name": pa.array(["a", None, "c", "", "e", "f", "g"]).dictionary_encode(),
    }
)


@BOTH
@pytest.mark.parametrize("compression", [None, "zstd", "lz4"])
@pytest.mark.parametrize("chunk_bytes", [1, 10_000])
def test_rejects_say_block_and_row(
    job: RunJob, new: Any, compression: str | None, chunk_bytes: int
) -> None:
    source = written(new, ITEMS, compression=compression)
    ended = job(source, "item", "arrow", validation_mode="lenient", chunk_bytes=chunk_bytes)
    assert [(r["index"], r["path"], r["block"], r["row"], r["stage"]) for r in ended.rejects] == [
        (1, "/name", 0, 1, "validate"),
        (3, "/name", 1, 0, "validate"),
        (5, "/id", 1, 2, "cast"),
        (6, "/id", 2, 0, "cast"),
    ]
    assert [row["id"] for row in ended.rows] == [1, 3, 5]


def corrupt(job: RunJob, source: bytes) -> Ended:
    ended = job(source, "letter", "arrow")
    assert ended.code == "INPUT_CORRUPT"
    assert ended.error is not None
    assert ended.error.details["format"] == "Arrow"
    return ended


LETTERS = pa.table({"a": ["x" * n for n in range(100)], "b": ["é"] * 100})


@BOTH
def test_a_corrupt_file_is_told(job: RunJob, new: Any) -> None:
    whole = written(new, LETTERS, 100)
    at = whole.index("éé".encode())
    for source in (
        b"ARROW1",
        b"no arrow",
        whole[:-300],
        whole[: at + 1] + b"\xff" + whole[at + 2 :],
    ):
        corrupt(job, source)
    assert [row["b"] for row in job(whole, "letter", "arrow").rows] == ["é"] * 100


CUT_OFF = {
    "batches that are read": (100, 3, 8),
    "one before it is mapped": (10_000, 1, 5_000_000),
    "one that is mapped": (10_000, 3, 8),
}
"""Rows a batch, at which look at the source it is cut off, and to how many bytes."""


@BOTH
@pytest.mark.parametrize("case", CUT_OFF)
def test_a_source_that_is_cut_off_meanwhile_is_never_taken_for_whole(
    tmp_path: Path, new: Any, case: str
) -> None:
    rows, look, left = CUT_OFF[case]
    path, staged = tmp_path / "in.arrow", tmp_path / "out.arrow"
    texts = [f"{at:>1000}" for at in range(10_000)]
    path.write_bytes(written(new, pa.table({"a": texts}), rows))
    spec = {
        "job_id": "job",
        "source_type": "arrow",
        "source_path": str(path),
        "target_type": "arrow",
        "staged_path": str(staged),
        "validation_mode": "skip",
        "rejects_path": str(tmp_path / "rejects"),
        "spill_dir": str(tmp_path / "spill"),
        "memory_limit": 2**24,
    }
    program = Path(__file__).with_name("truncated.py")
    done = subprocess.run(
        [sys.executable, program, str(look), str(left)],
        input=json.dumps(spec),
        capture_output=True,
        check=False,
        text=True,
    )
    # What is mapped may end the process, and then a server's next attempt tells.
    ends = {("SOURCE_CHANGED\n", 0)}
    if case == "one that is mapped":
        ends.add(("", -signal.SIGBUS))
    assert (done.stdout, done.returncode) in ends, done.stderr
    assert done.returncode < 0 or not staged.exists()


def test_values_in_lists_structs_and_dictionaries_are_checked(job: RunJob) -> None:
    bad = pa.array(["éé", "ü"])
    for column in (
        pa.array([["éé"], None, ["ü", None]]),
        pa.array([["éé"], None, ["ü"]], pa.large_list(pa.large_string())),
        pa.array([["éé"], None], pa.list_(pa.string(), 1)),
        pa.array([{"x": {"y": "éé"}}, None]),
        pa.array([[("éé", 1)], None], pa.map_(pa.string(), pa.int8())),
        pa.array([[("a", "éé")], None], pa.map_(pa.string(), pa.string())),
        bad.dictionary_encode(),
        pa.array([["éé"]], pa.list_(pa.dictionary(pa.int8(), pa.string()))),
    ):
        whole = written(pa.ipc.new_stream, pa.table({"a": column}))
        at = whole.index("éé".encode()) + 1
        source = whole[:at] + b"\xff" + whole[at + 1 :]
        assert job(whole, None, "arrow", validation_mode="skip").code is None, column.type
        assert job(source, None, "arrow", validation_mode="skip").code == "INPUT_CORRUPT"


def test_offsets_that_lead_out_of_a_column_are_told(job: RunJob) -> None:
    for column in (
        pa.array([["a"]] * 777),
        pa.array([["a"]] * 777, pa.large_list(pa.string())),
        pa.array([[("a", 1)]] * 777, pa.map_(pa.string(), pa.int8())),
        pa.array(["a"] * 777),
    ):
        whole = written(pa.ipc.new_stream, pa.table({"a": column}), 777)
        size = 8 if pa.types.is_large_list(column.type) else 4
        for at, past in ((776, 778), (777, 778)):
            source = whole.replace(at.to_bytes(size, "little"), past.to_bytes(size, "little"))
            ended = job(source, None, "arrow", validation_mode="skip")
            assert ended.code == "INPUT_CORRUPT", (column.type, at)


def test_what_follows_a_stream_is_not_lost_in_silence(job: RunJob) -> None:
    whole = written(pa.ipc.new_stream, LETTERS)
    ended = corrupt(job, whole + whole)
    assert "follow the end of the stream" in str(ended.error)


def test_without_a_schema_every_column_passes_in_every_text(job: RunJob) -> None:
    table = pa.table(
        {
            "big": pa.array([2**53, 1], pa.int64()),
            "map": pa.array([[("k", 1)], None], pa.map_(pa.string(), pa.int8())),
            "bytes": pa.array([b"ab", None]),
            "half": pa.array([0.5, float("nan")], pa.float16()),
            "local": pa.array([0, None], pa.timestamp("ms")),
            "nothing": pa.nulls(2),
        }
    )
    source = written(pa.ipc.new_file, table)
    ended = job(source, None, "arrow", validation_mode="skip", target_type="ndjson")
    assert ended.staged.read_text() == (
        '{"big":"9007199254740992","map":[{"key":"k","value":1}],"bytes":"YWI=","half":0.5,'
        '"local":"1970-01-01T00:00:00"}\n{"big":1}\n'
    )


def test_what_lies_under_nulls_does_not_show_in_the_bytes(tmp_path: Path) -> None:
    valid = pa.array([True, False, True]).buffers()[1]
    hashes = set()
    for hidden in (0, 7):
        values = pa.array([1, hidden, 3])
        number = pa.Array.from_buffers(pa.int64(), 3, [valid, values.buffers()[1]])
        text = pa.array(["a", "b" * hidden, "c"])
        text = pa.Array.from_buffers(pa.string(), 3, [valid, *text.buffers()[1:]])
        lists = pa.ListArray.from_arrays([0, 1, 2, 3], number)
        batch = pa.record_batch({"n": number, "t": text, "l": lists})
        path = tmp_path / str(hidden)
        with ArrowSink(SinkRequest(path, "out.arrow", batch.schema, {})) as sink:
            sink.write(batch)
            hashes.add(sink.finish().sha256)
        assert pa.ipc.open_file(path).read_all().to_batches()[0].equals(batch)
    assert len(hashes) == 1


@BOTH
def test_no_file_is_left_by_a_writer_that_cannot_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, new: Any
) -> None:
    def refuse(*_: Any) -> None:
        raise pa.ArrowMemoryError("no memory")

    monkeypatch.setattr(pa.ipc, new.__name__, refuse)
    name = {"new_file": "out.arrow", "new_stream": "out.arrows"}[new.__name__]
    with pytest.raises(pa.ArrowMemoryError):
        ArrowSink(SinkRequest(tmp_path / name, name, LETTERS.schema, {}))
    assert not list(tmp_path.iterdir())
