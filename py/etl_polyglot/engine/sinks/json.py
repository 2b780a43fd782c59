"""JSON out: one array of objects."""

import pyarrow as pa

from etl_polyglot.engine.sinks.json_text import object_texts
from etl_polyglot.engine.sinks.text import TextSink
from etl_polyglot.schema.arrow import Array, pc


class JsonSink(TextSink):
    """Writes the rows as one array of JSON objects, each on a line of its own, absent members
    left out."""

    def _head(self, names: list[str]) -> bytes:
        return b"["

    def _texts(self, batch: pa.RecordBatch) -> Array:
        objects = object_texts(batch.schema.names, batch.columns, self._columns, batch.num_rows)
        if self._rows:
            return pc.binary_join_element_wise(",\n", objects, "")
        separators = pa.array(["\n", *[",\n"] * (batch.num_rows - 1)])
        return pc.binary_join_element_wise(separators, objects, "")

    def _end(self) -> None:
        self._file.write(b"\n]\n")
