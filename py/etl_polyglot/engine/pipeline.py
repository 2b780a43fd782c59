"""Tasks on a pool of threads, their results in order, with bounded read-ahead."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self, TypeVar

from etl_polyglot.engine.progress import Progress

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")


class StoppedError(Exception):
    """A task found that its job has ended; nobody waits for its result."""


class Stop:
    """Says to the tasks of a job that it has ended."""

    def __init__(self) -> None:
        self._ended = threading.Event()

    def set(self) -> None:
        """End the job."""
        self._ended.set()

    def check(self) -> None:
        """Called by tasks between their parts, none of which takes long.

        Raises:
            StoppedError: the job has ended.
        """
        if self._ended.is_set():
            raise StoppedError


class Pipeline:
    """The threads of one job.

    Kernels, parsers and compressors release the interpreter, so threads share the cores and
    the rows need not cross process borders. A thread of its own writes the output, so that it
    waits behind no read-ahead.

    Parameters:
        threads: tasks at once.
        stop: set at the end.
    """

    def __init__(self, threads: int, stop: Stop) -> None:
        self._threads = threads
        self._stop = stop
        self._workers = ThreadPoolExecutor(threads, "chunk")
        self._writer = ThreadPoolExecutor(1, "writer")

    def ordered(
        self,
        items: Iterator[ItemT],
        work: Callable[[ItemT], ResultT],
        progress: Progress,
    ) -> Iterator[ResultT]:
        """Work on items in parallel and give the results in the items' order.

        Parameters:
            items: taken one by one by this thread, only as far ahead as there are places.
            work: done by the workers.
            progress: told while waiting.
        """
        ahead: deque[Future[ResultT]] = deque()
        for item in items:
            ahead.append(self._workers.submit(work, item))
            progress.check()
            # One more than there are threads, so that none idles while a result is taken.
            if len(ahead) > self._threads:
                yield progress.wait(ahead.popleft())
        while ahead:
            yield progress.wait(ahead.popleft())

    def start(self, task: Callable[[], ResultT]) -> "Future[ResultT]":
        """Run a task on a worker."""
        return self._workers.submit(task)

    def write(self, task: Callable[[], ResultT], progress: Progress) -> ResultT:
        """Run a task on the writing thread and wait for it."""
        return progress.wait(self._writer.submit(task))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the threads; tasks that run end at their next check, those that wait never start."""
        self._stop.set()
        for pool in (self._workers, self._writer):
            pool.shutdown(wait=True, cancel_futures=True)
