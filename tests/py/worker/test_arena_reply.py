"""Reply bodies lie in slots of their own, wait for room in order, and give all of it back."""

import threading
from collections.abc import Callable
from functools import partial

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_polyglot.generated.protocol import ARENA_BLOCK_BYTES, ARENA_PAGE_BYTES
from etl_polyglot.worker import reply_arena
from etl_polyglot.worker.arena import Place, ReplyAbandonedError, ReplyArena
from etl_polyglot.worker.body import Body, body_bytes
from etl_polyglot.worker.slot import check_slot

SIZE = 1 << 16
LARGEST = SIZE - 4096 - 64


class Memory:
    """Memory that says what was allocated, and has no more than `available` blocks."""

    def __init__(self, size: int = SIZE, available: int = 1 << 30) -> None:
        self.bytes = memoryview(bytearray(size))
        self.allocated: list[tuple[int, int]] = []
        self._available = available

    def allocate(self, offset: int, length: int) -> None:
        if length > self._available:
            raise OSError(28, "No space left on device")
        self._available -= length
        self.allocated.append((offset, length))


def never() -> bool:
    return False


def put(arena: ReplyArena, body: Body | bytes, abandoned: Callable[[], bool] = never):
    body = pa.py_buffer(body) if isinstance(body, bytes) else body
    return arena.put(body, body_bytes(body), abandoned)


STEPS = st.lists(
    st.tuples(st.just("put"), st.integers(0, 14_000))
    | st.tuples(st.just("free"), st.integers(0, 20)),
    max_size=60,
)


@given(STEPS)
def test_slots_are_aligned_and_keep_what_they_hold(steps):
    memory = Memory()
    arena = ReplyArena(memory, SIZE)
    held: list[tuple[Place, bytes]] = []
    generations = set()
    for number, (step, value) in enumerate(steps):
        if step == "put":
            body = bytes([number + 1]) * value
            try:
                place = put(arena, body, lambda: True)
            except ReplyAbandonedError:
                continue
            assert place is not None
            assert place.generation not in generations
            generations.add(place.generation)
            held.append((place, body))
        elif held:
            place, _ = held.pop(value % len(held))
            arena.free(place.offset, place.generation)
        for place, body in held:
            assert place.offset % ARENA_PAGE_BYTES == 0
            check_slot(memory.bytes, place)
            assert memory.bytes[place.offset : place.offset + place.length] == body
        assert arena.slots == len(held)
    for place, _ in held:
        arena.free(place.offset, place.generation)
    whole = put(arena, bytes(LARGEST))
    assert whole is not None
    assert whole.offset == ARENA_PAGE_BYTES


TABLE = pa.table({"id": pa.array(range(1000)), "name": [f"user {n}" for n in range(1000)]})


@pytest.mark.parametrize(
    "body",
    [TABLE, TABLE.slice(3, 500), TABLE.to_batches()[0], TABLE.slice(0, 0)],
    ids=["table", "slice", "batch", "empty"],
)
def test_a_table_is_written_as_an_arrow_stream_that_fits_its_slot(body):
    memory = Memory(1 << 20)
    place = put(ReplyArena(memory, 1 << 20), body)
    assert place is not None
    check_slot(memory.bytes, place)
    written = memory.bytes[place.offset : place.offset + place.length]
    read = pa.ipc.open_stream(pa.py_buffer(written)).read_all()
    assert read.equals(body if isinstance(body, pa.Table) else pa.Table.from_batches([body]))


def test_a_reply_larger_than_the_arena_goes_another_way():
    arena = ReplyArena(Memory(), SIZE)
    assert put(arena, bytes(LARGEST + 1)) is None
    assert put(ReplyArena(Memory(), SIZE // 2), bytes(SIZE // 2)) is None


def test_a_release_of_another_slot_is_refused():
    arena = ReplyArena(Memory(), SIZE)
    place = put(arena, bytes(100))
    assert place is not None
    for offset, generation in [(place.offset, 2), (place.offset + 64, 1), (64 * 9, 1)]:
        with pytest.raises(ValueError, match="a release of no slot"):
            arena.free(offset, generation)
    arena.free(place.offset, place.generation)
    with pytest.raises(ValueError, match="a release of no slot"):
        arena.free(place.offset, place.generation)


def test_a_reply_without_room_waits_for_a_release():
    arena = ReplyArena(Memory(), SIZE)
    first = put(arena, bytes(50_000))
    assert first is not None
    timer = threading.Timer(0.02, partial(arena.free, first.offset, first.generation))
    timer.start()
    second = put(arena, bytes(50_000))
    timer.join()
    assert second == Place(first.offset, 50_000, first.generation + 1)


def test_a_large_reply_that_waits_is_not_passed_by_small_ones():
    arena = ReplyArena(Memory(), SIZE)
    first = put(arena, bytes(30_000))
    assert first is not None
    order: list[str] = []

    def answer(name: str, length: int) -> None:
        place = put(arena, bytes(length))
        assert place is not None
        order.append(name)
        arena.free(place.offset, place.generation)

    threads = []
    for name, length in [("large", LARGEST), ("small", 100)]:
        threads.append(threading.Thread(target=answer, args=(name, length), daemon=True))
        threads[-1].start()
        threads[-1].join(0.1)  # it waits by then
    assert order == []
    arena.free(first.offset, first.generation)
    for thread in threads:
        thread.join(10)
    assert order == ["large", "small"]


def test_a_reply_that_nobody_waits_for_stops_waiting():
    arena = ReplyArena(Memory(), SIZE)
    assert put(arena, bytes(50_000)) is not None
    cancelled = threading.Event()
    threading.Timer(0.02, cancelled.set).start()
    with pytest.raises(ReplyAbandonedError):
        put(arena, bytes(50_000), cancelled.is_set)
    assert arena.slots == 1
    assert put(arena, bytes(500)) is not None


def test_a_reply_that_waits_long_says_what_it_waits_for(monkeypatch, capfd):
    monkeypatch.setattr(reply_arena, "_SECONDS_BEFORE_A_HINT", 0.1)
    arena = ReplyArena(Memory(), SIZE)
    assert put(arena, bytes(50_000)) is not None
    looks = iter(range(5))
    with pytest.raises(ReplyAbandonedError):
        put(arena, bytes(50_000), lambda: next(looks, None) is None)
    [said] = capfd.readouterr().err.splitlines()
    assert "Node has not released 1 others" in said


def test_memory_is_allocated_when_a_slot_first_needs_it():
    memory = Memory(8 * ARENA_BLOCK_BYTES)
    arena = ReplyArena(memory, 8 * ARENA_BLOCK_BYTES)
    assert memory.allocated == []
    for length in [100, 100, ARENA_BLOCK_BYTES]:
        put(arena, bytes(length))
    assert memory.allocated == [(0, ARENA_BLOCK_BYTES), (ARENA_BLOCK_BYTES, ARENA_BLOCK_BYTES)]


def test_without_memory_a_reply_goes_another_way_and_takes_no_room(capfd):
    memory = Memory(4 * ARENA_BLOCK_BYTES, available=ARENA_BLOCK_BYTES)
    arena = ReplyArena(memory, 4 * ARENA_BLOCK_BYTES)
    assert put(arena, bytes(2 * ARENA_BLOCK_BYTES)) is None
    assert "No space left on device" in capfd.readouterr().err
    assert arena.slots == 0
    assert put(arena, bytes(100)) == Place(ARENA_PAGE_BYTES, 100, 1)


def test_a_body_that_cannot_be_written_takes_no_room(monkeypatch):
    def fail(*_: object) -> None:
        raise pa.ArrowInvalid("not today")

    arena = ReplyArena(Memory(), SIZE)
    with monkeypatch.context() as patched:
        patched.setattr(reply_arena, "write_body", fail)
        with pytest.raises(pa.ArrowInvalid):
            put(arena, bytes(50_000))
    assert arena.slots == 0
    assert put(arena, bytes(50_000)) is not None
