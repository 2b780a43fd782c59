"""Flushing files to a disk that is slow, or where no thread is to be had for it."""

import os
import threading
import time
from pathlib import Path

import pytest

from etl_polyglot.engine.flush import flush_to_disk

from .support import RunJob


def test_a_failed_job_leaves_its_rejects_and_does_not_wait_for_a_slow_disk(
    job: RunJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    awake = threading.Event()
    monkeypatch.setattr(os, "fsync", lambda file: awake.wait(10))
    began = time.monotonic()
    ended = job("id,name\n1,a\n0,b\n")
    seconds = time.monotonic() - began
    awake.set()
    assert ended.code == "VALIDATION_FAILED"
    assert [reject["index"] for reject in ended.rejects] == [1]
    assert seconds < 5


def test_no_descriptor_is_left_open_where_no_thread_can_be_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    with (tmp_path / "file").open("wb") as file:
        free = os.dup(file.fileno())
        os.close(free)
        with pytest.raises(RuntimeError, match="can't start"):
            flush_to_disk(file)
        again = os.dup(file.fileno())
        os.close(again)
    assert again == free
