"""Groups that were found in the whole data, and what was computed of each."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from etl_polyglot.engine.errors import JobError
from etl_polyglot.engine.transforms.operands import Expression
from etl_polyglot.schema.arrow import Array

PLACE = "place"
"""The row that stands for a group, as a column of a query's result."""

_MAX_BYTES = 2**31 - 1
"""An array of text holds no more."""


@dataclass(frozen=True, slots=True)
class GroupFile:
    """The result of one query, in the order of the rows that stand for the groups.

    Attributes:
        path: an Arrow IPC file: places, then what was computed.
        firsts: the place of the first group of each batch in it.
        computed: the expressions.
    """

    path: Path
    firsts: Sequence[int]
    computed: Sequence[Expression]

    def between(self, start: int, end: int) -> pa.Table | None:
        """Read the groups whose rows lie from `start` on and before `end`; None: there are none."""
        first = max(bisect_left(self.firsts, start + 1) - 1, 0)
        last = bisect_left(self.firsts, end)
        if first >= last:
            return None
        with pa.memory_map(str(self.path)) as file:
            reader = pa.ipc.open_file(file)
            table = pa.Table.from_batches([reader.get_batch(at) for at in range(first, last)])
        places = table.column(0).to_numpy()
        low, high = np.searchsorted(places, [start, end])
        return table.slice(low, high - low) if high > low else None


@dataclass(frozen=True, slots=True)
class Groups:
    """Groups, in files; they are not held in memory, however many there are.

    Attributes:
        files: the results of the queries over all rows, each with the same groups.
    """

    files: Sequence[GroupFile]

    def places(self, start: int, end: int) -> npt.NDArray[np.int64]:
        """The places from `start` on and before `end` of rows that stand for groups."""
        found = self.files[0].between(start, end) if self.files else None
        if found is None:
            return np.zeros(0, np.int64)
        places: npt.NDArray[np.int64] = found.column(0).to_numpy()
        return places

    def values(self, start: int, end: int) -> dict[Expression, Array]:
        """What was computed of these groups, by the expressions.

        Raises:
            JobError: `MEMORY_LIMIT`: more than 2 GB were.
        """
        values: dict[Expression, Array] = {}
        for file in self.files:
            found = file.between(start, end)
            if found is None:
                continue
            if found.nbytes > _MAX_BYTES:
                reason = "the groups that begin in one part of the source have 2 GB of values"
                raise JobError("MEMORY_LIMIT", {"reason": reason})
            computed = zip(file.computed, found.columns[1:], strict=True)
            values |= {one: column.combine_chunks() for one, column in computed}
        return values
