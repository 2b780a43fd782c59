"""Node is told of each slot that is free, and slots outlive no call because of garbage."""

import gc
import mmap
import threading

import pytest

from etl_polyglot.generated.protocol import SLOT_HEADER_BYTES
from etl_polyglot.worker import releases as module
from etl_polyglot.worker.arena import RequestArena
from etl_polyglot.worker.releases import Releases
from etl_polyglot.worker.slot import Place, seal_slot

PLACE = Place(4096 + SLOT_HEADER_BYTES, 100, 5)


@pytest.fixture
def opened(monkeypatch):
    """An open body, its releases, and those that Node hears of."""
    monkeypatch.setattr(module, "_SECONDS_BEFORE_COLLECTION", 0.05)
    memory = mmap.mmap(-1, 1 << 16)
    seal_slot(memoryview(memory), PLACE)
    releases = Releases()
    told = threading.Semaphore(0)
    threading.Thread(target=releases.send, args=(lambda *_: told.release(),), daemon=True).start()
    gc.disable()
    yield [RequestArena(memory, releases).open(*PLACE)], releases, told
    gc.enable()


def test_a_slot_is_given_back_when_nothing_shows_it(opened):
    bodies, releases, told = opened
    assert releases.open_slots == 1
    bodies.clear()
    assert told.acquire(timeout=10)
    assert releases.open_slots == 0


def test_garbage_that_only_the_collector_finds_holds_no_slot_when_calls_are_over(opened):
    bodies, releases, told = opened
    knot = [bodies.pop()]
    knot.append(knot)
    del knot
    assert not told.acquire(timeout=0.2)
    releases.expect(calls=0)
    assert told.acquire(timeout=10)


def test_what_is_kept_stays_and_a_slot_of_a_call_that_runs_on_is_waited_for(opened):
    bodies, releases, told = opened
    releases.expect(calls=0)
    assert not told.acquire(timeout=0.2)
    releases.expect(calls=1)
    assert not told.acquire(timeout=0.2)
    assert bodies[0].size == PLACE.length
    bodies.clear()
    assert told.acquire(timeout=10)
