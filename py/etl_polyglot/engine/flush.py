"""Flushing a file to the disk, for which a job that has ended does not wait."""

import os
from concurrent.futures import Future, wait
from threading import Thread
from typing import BinaryIO

from etl_polyglot.engine.stop import checkpoint

_WAIT_SECONDS = 0.1


def flush_to_disk(file: BinaryIO) -> None:
    """Have the disk keep all that was written to a file.

    Parameters:
        file: open for writing; it stays open.

    Raises:
        OSError: the disk is full, or failed; the file is lost.
        StoppedError: the job has ended; the disk goes on.
    """
    done = begin_flush(file)
    while not wait([done], timeout=_WAIT_SECONDS).done:
        checkpoint()
    done.result()


def begin_flush(file: BinaryIO) -> "Future[None]":
    """Begin to have the disk keep all that was written to a file.

    A slow disk may take minutes for that, and nothing ends the call. So a thread of its own
    makes it, which may be left alone.

    Parameters:
        file: open for writing; it may be closed at once.

    Returns:
        Done when the disk has it, with the error when it was lost.

    Raises:
        OSError: the disk is full.
    """
    file.flush()
    done: Future[None] = Future()
    descriptor = os.dup(file.fileno())
    try:
        Thread(target=_sync, args=(descriptor, done), name="flush", daemon=True).start()
    except (MemoryError, RuntimeError) as error:  # there is no room for a thread
        os.close(descriptor)
        done.set_exception(error)
    return done


def _sync(descriptor: int, done: "Future[None]") -> None:
    try:
        os.fsync(descriptor)
    except OSError as error:
        done.set_exception(error)
    else:
        done.set_result(None)
    finally:
        os.close(descriptor)
