"""64-bit hashes of the values of columns, equal for equal values."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from etl_polyglot.engine.comparable import comparable
from etl_polyglot.engine.database import locked_database
from etl_polyglot.schema.arrow import Array, as_type

Hashes = npt.NDArray[np.uint64]


class Hasher:
    """Hashes columns by DuckDB, whose function for it is fast on every type; for any thread.

    It needs memory as its columns do, and has no bound of its own: what one large value needs
    is no reason to end the job that wrote it.
    """

    def __init__(self) -> None:
        self._connection = locked_database(threads=1, settings={})

    def hash(self, columns: Sequence[Array]) -> list[Hashes]:
        """Hash the values of columns of equal lengths, whose types are comparable.

        Equal instants hash alike whatever their zone, and so do 0.0 and -0.0. The hash of a null
        means nothing.
        """
        if not columns:
            return []
        columns = [as_type(column, comparable(column.type)) for column in columns]
        names = [str(at) for at in range(len(columns))]
        selected = ", ".join(f'hash("{name}")' for name in names)
        with self._connection.cursor() as cursor:
            cursor.register("block", pa.table(columns, names))
            hashed = cursor.sql(f"SELECT {selected} FROM block").to_arrow_table()
        return [column.to_numpy() for column in hashed.columns]

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
