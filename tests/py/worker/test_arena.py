"""Slots of the reply arena are aligned, never overlap, and are all given back."""

import mmap

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_polyglot.worker.arena import ReplyArena, RequestArena

SIZE = 4096

STEPS = st.lists(
    st.tuples(st.just("put"), st.integers(0, 900)) | st.tuples(st.just("free"), st.integers(0, 20)),
    max_size=60,
)


@given(STEPS)
def test_slots_are_aligned_and_keep_what_they_hold(steps):
    memory = mmap.mmap(-1, SIZE)
    arena = ReplyArena(memory)
    held: list[tuple[int, bytes]] = []
    for number, (step, value) in enumerate(steps):
        if step == "put":
            body = bytes([number + 1]) * value
            offset = arena.put(pa.py_buffer(body))
            if offset is not None:
                held.append((offset, body))
        elif held:
            arena.free(held.pop(value % len(held))[0])
        for offset, body in held:
            assert offset % 64 == 0
            assert memory[offset : offset + len(body)] == body
        assert arena.slots == len(held)
    for offset, _ in held:
        arena.free(offset)
    assert arena.put(pa.py_buffer(bytes(SIZE))) == 0


def test_a_full_arena_says_so():
    arena = ReplyArena(mmap.mmap(-1, SIZE))
    assert arena.put(pa.py_buffer(bytes(SIZE + 1))) is None
    assert arena.put(pa.py_buffer(bytes(SIZE))) == 0
    assert arena.put(pa.py_buffer(b"x")) is None


def test_what_is_not_taken_cannot_be_freed():
    with pytest.raises(KeyError):
        ReplyArena(mmap.mmap(-1, SIZE)).free(64)


def test_a_request_is_viewed_where_it_lies():
    memory = mmap.mmap(-1, SIZE)
    memory[64:68] = b"data"
    arena = RequestArena(memory)
    view = arena.view(64, 4)
    assert view.to_pybytes() == b"data"
    memory[64:68] = b"next"
    assert view.to_pybytes() == b"next"
    with pytest.raises(ValueError, match="outside the arena"):
        arena.view(SIZE - 1, 2)
