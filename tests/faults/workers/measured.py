"""A real worker that tells what it holds, with methods that take time and streams."""

import gc
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from etl_polyglot.worker.calls import Call, Reply, method
from etl_polyglot.worker.footprint import private_bytes
from etl_polyglot.worker.reply_arena import ReplyArena
from etl_polyglot.worker.serve import serve
from etl_polyglot.worker.stdio import claim_stdio


@method("wait", retry=True)
def wait(call: Call) -> Reply:
    """Takes so many seconds, unless it is cancelled; gives the body back."""
    call.cancelled.wait(call.params["seconds"])
    return Reply(call.params["seconds"], call.body)


@method("echo_stream")
def echo_stream(call: Call) -> Iterator[Reply]:
    """Gives back every chunk, and at the end their number."""
    count = 0
    for chunk in call.chunks:
        count += 1
        yield Reply(chunk.value, chunk.body)
    return Reply(count)


def open_descriptors() -> int:
    """Its open descriptors, without those that a look at /proc holds for as long as it takes."""
    count = 0
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):
            count += not descriptor.readlink().is_relative_to("/proc")
    return count


@method("holdings")
def holdings(call: Call) -> Reply:
    """What must come back to where it was: slots, descriptors and private memory."""
    gc.collect()
    time.sleep(0.05)
    gc.unfreeze()  # what serve() made is hidden from get_objects
    arena = next(o for o in gc.get_objects() if isinstance(o, ReplyArena))
    return Reply(
        {
            "pid": os.getpid(),
            "slots": arena.slots,
            "descriptors": open_descriptors(),
            "bytes": private_bytes(),
        }
    )


if __name__ == "__main__":
    serve(claim_stdio())
