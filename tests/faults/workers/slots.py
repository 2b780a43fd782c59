"""A real worker whose methods keep slots, fill them with tables, and damage them."""

import os
import struct
from collections.abc import Callable

import pyarrow as pa

from etl_polyglot.worker.body import Body
from etl_polyglot.worker.calls import Call, Reply, method
from etl_polyglot.worker.reply_arena import ReplyArena
from etl_polyglot.worker.serve import serve
from etl_polyglot.worker.slot import Place
from etl_polyglot.worker.stdio import claim_stdio

KEPT: list[pa.Buffer] = []
DAMAGE: dict[str, bool] = {}
"""What is to be damaged next, and has been: each once."""


@method("keep", retry=True)
def keep(call: Call) -> Reply:
    """Keeps the body, as a function that remembers a frame would; gives the first byte of each."""
    KEPT.append(call.body)
    return Reply([body[0] for body in KEPT])


@method("forget")
def forget(call: Call) -> Reply:
    KEPT.clear()
    return Reply(None)


@method("table")
def table(call: Call) -> Reply:
    """A table of so many rows, in batches."""
    rows = pa.table({"n": pa.array(range(call.params["rows"]), pa.int64())})
    return Reply(os.getpid(), pa.Table.from_batches(rows.to_batches(10_000), rows.schema))


@method("damage_reply", retry=True)
def damage_reply(call: Call) -> Reply:
    """Gives the body back, the first time in a slot that is damaged before Node is told of it."""
    DAMAGE.setdefault(call.params["how"], True)
    return Reply(os.getpid(), call.body)


@method("damage_unsafe_reply")
def damage_unsafe_reply(call: Call) -> Reply:
    return damage_reply(call)


def put_and_damage(
    self: ReplyArena, body: Body, length: int, abandoned: Callable[[], bool]
) -> Place | None:
    place = PUT(self, body, length, abandoned)
    if place is None:
        return None
    arena = self._memory.bytes
    if DAMAGE.get("byte"):
        DAMAGE["byte"] = False
        arena[place.offset + place.length - 1] ^= 1
    if DAMAGE.get("generation"):
        DAMAGE["generation"] = False
        struct.pack_into("<I", arena, place.offset - 60, place.generation - 1)
    return place


PUT = ReplyArena.put
ReplyArena.put = put_and_damage

if __name__ == "__main__":
    serve(claim_stdio())
