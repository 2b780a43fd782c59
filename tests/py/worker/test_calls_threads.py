"""Frames are read whatever the calls do, and short calls wait for no thread to wake."""

import threading
from queue import SimpleQueue

import pytest

from etl_polyglot.worker import threads
from etl_polyglot.worker.threads import CallThreads


class Worker:
    """Threads that receive what is put on a queue: tasks, or None for a frame that is no call."""

    def __init__(self, limit):
        self.frames = SimpleQueue()
        self.threads = CallThreads(limit)
        self.read = threading.Semaphore(0)
        threading.Thread(target=self.threads.run, args=(self._receive,), daemon=True).start()

    def _receive(self):
        task = self.frames.get()
        self.read.release()
        return task

    def is_read(self, count=1):
        return all(self.read.acquire(timeout=10) for _ in range(count))


def noting(done, name):
    return lambda: done.put((name, threading.get_ident()))


def test_short_calls_follow_each_other_in_the_thread_that_reads():
    worker, done = Worker(4), SimpleQueue()
    for name in range(20):
        worker.frames.put(noting(done, name))
    ran = [done.get(timeout=10) for _ in range(20)]
    assert [name for name, _ in ran] == list(range(20))
    assert len({thread for _, thread in ran}) == 1


def test_frames_are_read_while_a_call_lasts():
    worker, release = Worker(4), threading.Event()
    worker.frames.put(lambda: release.wait(10))
    worker.frames.put(None)
    assert worker.is_read(2)
    release.set()


def test_a_call_that_is_about_to_wait_lets_others_read_at_once(monkeypatch):
    monkeypatch.setattr(threads, "_TICK_SECONDS", 3600)
    worker = Worker(4)
    answered = threading.Event()

    def waits():
        worker.threads.let_others_read()
        worker.threads.let_others_read()
        answered.wait(10)

    worker.frames.put(waits)
    worker.frames.put(answered.set)
    assert answered.wait(10)


@pytest.mark.parametrize("limit", [1, 2, 8])
def test_frames_are_read_while_all_threads_are_busy_and_calls_wait_their_turn(limit):
    worker, release, done = Worker(limit), threading.Event(), SimpleQueue()
    running = []

    def busy(name):
        def task():
            running.append(name)
            release.wait(10)
            done.put(name)

        return task

    for name in range(3 * limit):
        worker.frames.put(busy(name))
    worker.frames.put(None)
    assert worker.is_read(3 * limit + 1)
    assert len(running) <= limit
    release.set()
    assert sorted(done.get(timeout=10) for _ in range(3 * limit)) == list(range(3 * limit))


def test_there_are_never_more_threads_than_calls_may_run_and_one_that_reads():
    worker, done = Worker(3), SimpleQueue()
    seen = set()

    def task():
        seen.add(threading.get_ident())
        threading.Event().wait(0.002)
        done.put(None)

    for _ in range(100):
        worker.frames.put(task)
    for _ in range(100):
        done.get(timeout=10)
    assert len(seen) <= 4


def test_a_thread_that_was_let_go_runs_calls_again():
    worker, done = Worker(2), SimpleQueue()
    for _ in range(5):
        releases = [threading.Event() for _ in range(2)]
        for release in releases:
            worker.frames.put(lambda release=release: (release.wait(10), done.put(1)))
        worker.frames.put(None)
        assert worker.is_read(3)
        for release in releases:
            release.set()
        for _ in releases:
            done.get(timeout=10)
    worker.frames.put(noting(done, "last"))
    assert done.get(timeout=10)[0] == "last"
