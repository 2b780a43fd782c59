"""Tasks on a pool of threads, their results in order, with bounded read-ahead."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self, TypeVar

from etl_polyglot.engine.progress import Progress
from etl_polyglot.engine.stop import Stop

CHUNK_PATIENCE_SECONDS = 60.0
"""A chunk takes a few seconds; one that takes longer hangs, or a business rule on it does."""

ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")


class Pipeline:
    """The threads of one job.

    Kernels, parsers and compressors release the interpreter, so threads share the cores and
    the rows need not cross process borders. The source is cut and the output written by a
    thread each of their own, so that they wait behind no read-ahead, and the job's own thread
    only waits. What runs on these threads calls `checkpoint` between its parts.

    Parameters:
        threads: tasks at once.
    """

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._stop = Stop()
        self._workers = ThreadPoolExecutor(threads, "chunk", self._stop.bind)
        self._cutter = ThreadPoolExecutor(1, "cutter", self._stop.bind)
        self._writer = ThreadPoolExecutor(1, "writer", self._stop.bind)

    def ordered(
        self,
        items: Iterator[ItemT],
        work: Callable[[ItemT], ResultT],
        progress: Progress,
    ) -> Iterator[ResultT]:
        """Work on items in parallel and give the results in the items' order.

        Parameters:
            items: taken one by one, only as far ahead as there are places.
            work: done by the workers.
            progress: told while waiting.
        """
        ahead: deque[Future[ResultT]] = deque()
        coming = self._cutter.submit(next, items, None)
        while (item := progress.wait(coming)) is not None:
            ahead.append(self._workers.submit(work, item))
            coming = self._cutter.submit(next, items, None)
            # Two more than there are threads, so that none idles while a result is written.
            if len(ahead) > self._threads + 1:
                yield progress.wait(ahead.popleft(), CHUNK_PATIENCE_SECONDS)
        while ahead:
            yield progress.wait(ahead.popleft(), CHUNK_PATIENCE_SECONDS)

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
        for pool in (self._workers, self._cutter, self._writer):
            pool.shutdown(wait=True, cancel_futures=True)
