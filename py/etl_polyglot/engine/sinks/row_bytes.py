"""How many bytes the content of each row of a batch has."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.types as pat

from etl_polyglot.schema.arrow import Array, pc

Sizes = npt.NDArray[np.int64]


def row_bytes(batch: pa.RecordBatch) -> Sizes:
    """The bytes of each row: a property of the row alone, whatever batch it stands in.

    The columns are of plain types, as sources give them.
    """
    sizes = np.zeros(batch.num_rows, np.int64)
    for column in batch.columns:
        sizes += _value_bytes(column)
    return sizes


def _value_bytes(column: Array) -> Sizes:
    kind, sizes = column.type, np.zeros(len(column), np.int64)
    if pat.is_struct(kind):
        for member in column.flatten():
            sizes += _value_bytes(member)
        return sizes
    if pat.is_list(kind):
        return _item_bytes(column, column.values)
    if pat.is_map(kind):
        return _item_bytes(column, column.keys) + _item_bytes(column, column.items)
    if pat.is_string(kind) or pat.is_binary(kind):
        sizes += pc.fill_null(pc.binary_length(column), 0).to_numpy()
        return sizes
    if not pat.is_null(kind):
        sizes += max(kind.bit_width // 8, 1)
    return sizes


def _item_bytes(lists: Array, items: Array) -> Sizes:
    offsets = lists.offsets.to_numpy().astype(np.int64)
    first = int(offsets[0])
    sizes = _value_bytes(items.slice(first, int(offsets[-1]) - first))
    before = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
    found: Sizes = np.diff(before[offsets - first])
    return found
