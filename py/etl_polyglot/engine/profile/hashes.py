"""64-bit hashes of the values of columns, equal for equal values."""

from collections.abc import Sequence

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.types as pat

from etl_polyglot.schema.arrow import Array

Hashes = npt.NDArray[np.uint64]

_MEMORY = 64 * 1024 * 1024


def is_calendar(kind: pa.DataType) -> bool:
    """Whether a type is of dates, times or instants."""
    return pat.is_date(kind) or pat.is_time(kind) or pat.is_timestamp(kind)


def is_hashable(kind: pa.DataType) -> bool:
    """Whether values of a type can be hashed, those inside lists and structs too."""
    if pat.is_struct(kind):
        return all(_is_hashable_inside(kind.field(at).type) for at in range(kind.num_fields))
    if pat.is_list(kind) or pat.is_large_list(kind):
        return _is_hashable_inside(kind.value_type)
    return (
        pat.is_boolean(kind)
        or pat.is_integer(kind)
        or pat.is_float32(kind)
        or pat.is_float64(kind)
        or pat.is_decimal128(kind)
        or pat.is_string(kind)
        or pat.is_large_string(kind)
        or pat.is_binary(kind)
        or is_calendar(kind)
    )


def _is_hashable_inside(kind: pa.DataType) -> bool:
    # DuckDB refuses instants that are beyond its own microseconds.
    return is_hashable(kind) and not (pat.is_timestamp(kind) and kind.unit in ("s", "ms"))


class Hasher:
    """Hashes columns by DuckDB, whose function for it is fast on every type; for any thread."""

    def __init__(self) -> None:
        self._connection = duckdb.connect(config={"threads": 1})
        for setting, value in (
            ("memory_limit", f"{_MEMORY}B"),
            ("enable_external_access", False),
            ("lock_configuration", True),
        ):
            self._connection.execute(f"SET {setting} = ?", [value])

    def hash(self, columns: Sequence[Array]) -> list[Hashes]:
        """Hash the values of columns of equal lengths, whose types are hashable.

        Equal instants hash alike whatever their zone, and so do 0.0 and -0.0. The hash of a null
        means nothing.
        """
        if not columns:
            return []
        names = [str(at) for at in range(len(columns))]
        selected = ", ".join(f'hash("{name}")' for name in names)
        with self._connection.cursor() as cursor:
            cursor.register("block", pa.table([_scannable(column) for column in columns], names))
            hashed = cursor.sql(f"SELECT {selected} FROM block").to_arrow_table()
        return [column.to_numpy() for column in hashed.columns]

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def stored_as(kind: pa.DataType) -> pa.DataType:
    """The type of the numbers that stand for dates, times or instants."""
    return pa.int32() if pat.is_date32(kind) or pat.is_time32(kind) else pa.int64()


def _scannable(column: Array) -> Array:
    return column.cast(stored_as(column.type)) if is_calendar(column.type) else column
