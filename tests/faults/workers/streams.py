"""A real worker with methods that stream, some of them badly."""

import gc
import os
import signal
import time

import pyarrow as pa

from etl_polyglot.worker.__main__ import main
from etl_polyglot.worker.arena import ReplyArena
from etl_polyglot.worker.calls import Call, NodeError, Reply, method

MADE = 0


@method("double")
def double(call: Call):
    """Gives each chunk back, its value doubled; answers with their sum."""
    total = 0
    for chunk in call.chunks:
        total += chunk.value
        yield Reply(chunk.value * 2, chunk.body)
    return Reply(total)


@method("add")
def add(call: Call) -> Reply:
    return Reply(sum(chunk.value for chunk in call.chunks))


@method("count")
def count(call: Call):
    """Gives so many numbers, each with a body of so many bytes."""
    global MADE
    MADE = 0
    try:
        for number in range(call.params["chunks"]):
            MADE += 1
            yield Reply(number, pa.py_buffer(bytes([number % 251]) * call.params.get("bytes", 0)))
        return Reply("all", pa.py_buffer(b"end"))
    finally:
        print("closed")


@method("made")
def made(call: Call) -> Reply:
    """How many chunks `count` has made."""
    return Reply(MADE)


@method("never")
def never(call: Call):
    call.emit({"pid": os.getpid()})
    call.cancelled.wait(30)
    print(f"cancelled: {call.cancelled.is_set()}")
    yield Reply(None)


@method("never_answer")
def never_answer(call: Call) -> Reply:
    if call.cancelled.wait(30):
        print("told to stop")
    return Reply(None)


@method("give_back")
def give_back(call: Call) -> Reply:
    return Reply(None, call.body)


@method("reply_slots")
def reply_slots(call: Call) -> Reply:
    """How many slots of the reply arena are taken."""
    gc.unfreeze()  # what serve() made is hidden from get_objects
    return Reply(next(o.slots for o in gc.get_objects() if isinstance(o, ReplyArena)))


@method("slow")
def slow(call: Call):
    for number in range(call.params["chunks"]):
        time.sleep(0.05)
        yield Reply(number)


@method("fail_after")
def fail_after(call: Call):
    yield from map(Reply, range(call.params["chunks"]))
    raise KeyError("no such column")


@method("die_after")
def die_after(call: Call):
    yield from map(Reply, range(call.params["chunks"]))
    os.kill(os.getpid(), signal.SIGKILL)


@method("wrap")
def wrap(call: Call) -> Reply:
    try:
        return Reply([chunk.value for chunk in call.chunks])
    except NodeError as error:
        raise ValueError("the rows cannot be read") from error


@method("recover")
def recover(call: Call) -> Reply:
    try:
        return Reply([chunk.value for chunk in call.chunks])
    except NodeError as error:
        return Reply([error.name, error.message, error.stack])


def dig(depth: int) -> None:
    if depth == 0:
        raise KeyError("no such column")
    dig(depth - 1)


@method("recurse")
def recurse(call: Call) -> Reply:
    dig(call.params["depth"])
    return Reply(None)


@method("chain")
def chain(call: Call) -> Reply:
    try:
        {}["id"]
    except KeyError as error:
        raise ValueError("no row") from error
    return Reply(None)


@method("trace")
def trace(call: Call) -> Reply:
    left = None if call.deadline is None else call.deadline - time.monotonic()
    return Reply({"traceparent": call.traceparent, "left": left})


@method("knot")
def knot(call: Call) -> Reply:
    """Leaves the body behind in objects that refer to each other."""
    objects = [call.body]
    objects.append(objects)
    return Reply(None)


@method("deaf")
def deaf(call: Call):
    """Reports progress for a long time, and does not look whether anybody waits."""
    for number in range(200):
        call.emit({"number": number})
        time.sleep(0.05)
    yield Reply(None)


if __name__ == "__main__":
    main()
