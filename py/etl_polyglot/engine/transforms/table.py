"""Steps that need the whole data, when that is one table in memory."""

from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa

from etl_polyglot.engine.staging import HeldRows
from etl_polyglot.engine.transforms.whole_step import WholeStep
from etl_polyglot.engine.transforms.workspace import Workspace


def apply_to_table(step: WholeStep, table: pa.Table) -> pa.Table:
    """Do a step to a table.

    Raises:
        JobError: `INVALID_REQUEST`: the step cannot be done to its columns; or as
            `WholeStep.find` does.
    """
    columns = step.output(table.schema)
    batches = table.to_batches()
    first_rows = accumulate((batch.num_rows for batch in batches), initial=0)
    parts = [HeldRows(batch, first) for batch, first in zip(batches, first_rows, strict=False)]
    with TemporaryDirectory(prefix="etl-") as folder:
        workspace = Workspace(Path(folder), memory_limit=None, threads=pa.cpu_count())
        selection = step.find(parts, workspace)
        return pa.Table.from_batches([selection.apply(part)[0] for part in parts], columns)
