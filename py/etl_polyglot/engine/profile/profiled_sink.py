"""A sink that has all that it writes profiled."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial

import pyarrow as pa

from etl_polyglot.engine.profile.column import ColumnProfile
from etl_polyglot.engine.profile.profile import Profile
from etl_polyglot.engine.sinks.row_groups import RowGroups
from etl_polyglot.engine.sinks.sink import Output, Sink

_BLOCK_ROWS = 65_536
_BLOCK_BYTES = 8 * 1024 * 1024

Measured = Future[list[ColumnProfile]]
Start = Callable[[Callable[[], list[ColumnProfile]]], Measured]


class ProfiledSink:
    """Hands rows on to a sink, and has other threads measure them block by block.

    The borders of the blocks depend on the rows alone, and they are added up in their order.

    Parameters:
        sink: where the rows go.
        profile: of the output.
        start: has a task done by another thread.
        ahead: blocks, of 8 MB and a row, that may wait for their turn.
    """

    def __init__(self, sink: Sink, profile: Profile, start: Start, ahead: int) -> None:
        self._sink = sink
        self._profile = profile
        self._start = start
        self._ahead = ahead
        self._blocks = RowGroups(profile.columns, _BLOCK_ROWS, _BLOCK_BYTES)
        self._measured: deque[tuple[int, Measured]] = deque()

    def write(self, batch: pa.RecordBatch) -> None:
        """Take rows, in the order of the output."""
        self._sink.write(batch)
        for block in self._blocks.add(batch):
            self._measure(block)

    def finish(self) -> Output:
        """Complete the profile, and the file."""
        self._measure(self._blocks.take())
        self._add_until(0)
        return self._sink.finish()

    def abandon(self) -> None:
        """Give up."""
        self._measured.clear()
        self._blocks.clear()
        self._sink.abandon()

    def _measure(self, block: pa.Table) -> None:
        self._measured.append((block.num_rows, self._start(partial(self._profile.measure, block))))
        self._add_until(self._ahead)

    def _add_until(self, left: int) -> None:
        while len(self._measured) > left:
            rows, measured = self._measured.popleft()
            self._profile.add(rows, measured.result())
