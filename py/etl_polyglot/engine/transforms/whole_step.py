"""What a step that needs the whole data is, to the flow of a job."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from etl_polyglot.engine.rows import Names
from etl_polyglot.engine.staging import OrderedRows
from etl_polyglot.engine.transforms.workspace import Workspace


class Selection(Protocol):
    """What a step made of the rows that it was shown: it lets some stand, in their order."""

    def apply(self, rows: OrderedRows) -> tuple[pa.RecordBatch, npt.NDArray[np.bool_]]:
        """Give what stands in the place of a part of the rows; for any thread.

        Returns:
            The rows that stay, in the step's columns, and a flag for each of those given.
        """


class WholeStep(ABC):
    """A step that must have seen all rows before it can say what becomes of the first.

    Attributes:
        name: the step's, as requests have it.
        reshapes: whether what comes out are no longer the source's records.
    """

    __slots__ = ()

    name: ClassVar[str]
    reshapes: ClassVar[bool]

    @abstractmethod
    def output(self, columns: pa.Schema) -> pa.Schema:
        """The columns that come out when the given ones go in.

        Raises:
            JobError: `INVALID_REQUEST`: the step cannot be done to these.
        """

    @abstractmethod
    def needs(self, wanted: Names) -> Names:
        """The columns that must go in for the wanted ones to come out."""

    @abstractmethod
    def find(self, parts: Sequence[OrderedRows], workspace: Workspace) -> Selection:
        """Look at all rows; runs long, and ends with an exception when the workspace is
        interrupted.

        Raises:
            JobError: `DISK_FULL`, `MEMORY_LIMIT`, or `JOB_FAILED` for what has no result.
        """
