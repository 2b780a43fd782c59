"""NDJSON out: a JSON object a line."""

import pyarrow as pa

from etl_polyglot.engine.sinks.json_text import object_texts
from etl_polyglot.engine.sinks.text import TextSink
from etl_polyglot.schema.arrow import Array, pc


class NdjsonSink(TextSink):
    """Writes each row as a JSON object on a line of its own, absent members left out."""

    def _texts(self, batch: pa.RecordBatch) -> Array:
        objects = object_texts(batch.schema.names, batch.columns, self._columns, batch.num_rows)
        return pc.binary_join_element_wise(objects, "\n", "")
