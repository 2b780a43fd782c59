"""A real worker with methods that misbehave, each in its own way."""

import ctypes
import gc
import mmap
import os
import re
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np
import pyarrow as pa

from etl_polyglot.generated.protocol import MAGIC, MAX_INLINE_BODY_BYTES
from etl_polyglot.worker.calls import Call, CallError, Reply, method
from etl_polyglot.worker.reply_arena import ReplyArena
from etl_polyglot.worker.serve import serve
from etl_polyglot.worker.stdio import Streams, claim_stdio

STREAMS: Streams
KEPT: list[bytes] = []
RUNNING: list[Call] = []


@method("pid")
def pid(call: Call) -> Reply:
    return Reply(os.getpid())


@method("hang")
def hang(call: Call) -> Reply:
    call.emit({"pid": os.getpid()})
    time.sleep(3600)
    return Reply(None)


@method("hang_with_child")
def hang_with_child(call: Call) -> Reply:
    """Has a child that holds the worker's pipes open and ends by itself never."""
    child = subprocess.Popen(["sleep", "3600"])
    call.emit({"pid": os.getpid(), "child": child.pid})
    time.sleep(3600)
    return Reply(None)


@method("hold_gil")
def hold_gil(call: Call) -> Reply:
    """Never gives another Python thread a turn."""
    call.emit({"pid": os.getpid()})
    re.match(r"(a+)+$", "a" * 60 + "b")
    return Reply(None)


@method("resist")
def resist(call: Call) -> Reply:
    """Can be ended by nothing but SIGKILL."""
    ctypes.CDLL(None).signal(signal.SIGINT, 1)  # SIG_IGN
    return hold_gil(call)


@method("report")
def report(call: Call) -> Reply:
    """Sends an event every 50 ms, `count` times."""
    for step in range(call.params["count"]):
        call.emit({"step": step})
        time.sleep(0.05)
    return Reply("done")


@method("overlap")
def overlap(call: Call) -> Reply:
    """How many calls of this method were under way at the same time, itself included."""
    RUNNING.append(call)
    time.sleep(0.005)
    count = len(RUNNING)
    RUNNING.remove(call)
    return Reply(count)


@method("until_cancelled")
def until_cancelled(call: Call) -> Reply:
    call.emit({"pid": os.getpid()})
    seen = call.cancelled.wait(30)
    print(f"cancelled: {seen}")
    return Reply(seen, call.body)


@method("raise_error")
def raise_error(call: Call) -> Reply:
    raise KeyError("no such column")


@method("refuse")
def refuse(call: Call) -> Reply:
    raise CallError("DISK_FULL", "no space is left", {"path": "/data/out"})


@method("leave")
def leave(call: Call) -> Reply:
    sys.exit(3)


@method("segfault")
def segfault(call: Call) -> Reply:
    ctypes.string_at(0)
    return Reply(None)


@method("bus_error")
def bus_error(call: Call) -> Reply:
    """Reads a page that its file no longer has."""
    with tempfile.TemporaryFile() as file:
        file.write(b"x" * mmap.PAGESIZE)
        file.flush()
        memory = mmap.mmap(file.fileno(), mmap.PAGESIZE)
        file.truncate(0)
        return Reply(memory[0])


@method("exhaust_memory")
def exhaust_memory(call: Call) -> Reply:
    """Needs more memory than the process may have, as a list or as an Arrow array."""
    held = int(re.search(r"VmSize:\s+(\d+)", Path("/proc/self/status").read_text())[1]) * 1024
    resource.setrlimit(resource.RLIMIT_AS, (held + (256 << 20), resource.RLIM_INFINITY))
    try:
        if call.params["by"] == "python":
            return Reply(len(bytearray(1 << 30)))
        return Reply(len(pa.nulls(1 << 28, pa.int64())))
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@method("keep_memory")
def keep_memory(call: Call) -> Reply:
    """Leaks so many megabytes."""
    KEPT.append(b"x" * (call.params["megabytes"] << 20))
    return Reply(None)


@method("squares_or_hang", retry=True)
def squares_or_hang(call: Call) -> Reply:
    """Squares numbers; hangs instead when it is the first to make the file `once`."""
    with suppress(FileExistsError), Path(call.params["once"]).open("x"):
        return hang(call)
    numbers = np.frombuffer(call.body, "float64")
    return Reply(os.getpid(), pa.py_buffer(numbers**2))


@method("unwritable")
def unwritable(call: Call) -> Reply:
    return Reply({1, 2, 3})


@method("huge")
def huge(call: Call) -> Reply:
    return Reply(None, pa.allocate_buffer(MAX_INLINE_BODY_BYTES + 1))


@method("reply_slots")
def reply_slots(call: Call) -> Reply:
    """How many slots of the reply arena are taken."""
    gc.unfreeze()  # what serve() made is hidden from get_objects
    return Reply(next(o.slots for o in gc.get_objects() if isinstance(o, ReplyArena)))


@method("print_everywhere")
def print_everywhere(call: Call) -> Reply:
    print("by print")
    os.write(1, b"by os.write\n")
    ctypes.CDLL(None).printf(b"by printf\n")
    subprocess.run(["echo", "by a child"], check=True)
    return Reply("all printed")


@method("flood_stderr")
def flood_stderr(call: Call) -> Reply:
    line = b"x" * 99 + b"\n"
    for _ in range(call.params["megabytes"]):
        os.write(2, line * 10_000)
    return Reply("all written")


@method("garble")
def garble(call: Call) -> Reply:
    """Writes what is no frame to the pipe of frames."""
    header = b'{"kind":"reply","id":1,"value":null}'
    checksum = zlib.crc32(header)
    place = (
        b'{"kind":"reply","id":2,"value":1,"body":'
        b'{"at":"shared","offset":64,"length":2147483648,"generation":1}}'
    )
    stray = {
        "text": b"Segmentation fault (core dumped)\n",
        "checksum": struct.pack("<4I", MAGIC, len(header), 0, checksum ^ 1) + header,
        "length": struct.pack("<4I", MAGIC, 0xFFFFFFFF, 0, 0) + header,
        "place": struct.pack("<4I", MAGIC, len(place), 0, zlib.crc32(place)) + place,
        "message": struct.pack("<4I", MAGIC, 2, 0, zlib.crc32(b"{}")) + b"{}",
    }[call.params["how"]]
    os.write(STREAMS.frames_out, stray)
    time.sleep(3600)
    return Reply(None)


@method("kill_itself")
def kill_itself(call: Call) -> Reply:
    os.kill(os.getpid(), signal.SIGKILL)
    return Reply(None)


if __name__ == "__main__":
    STREAMS = claim_stdio()
    serve(STREAMS)
