"""CSV out: a header, then a record a row, as RFC 4180 has them but with LF as line end."""

import orjson
import pyarrow as pa
import pyarrow.types as pat

from etl_polyglot.engine.sinks.json_text import json_texts
from etl_polyglot.engine.sinks.text import TextSink
from etl_polyglot.engine.sinks.value_text import value_texts
from etl_polyglot.schema.arrow import Array, pc
from etl_polyglot.schema.record import Column

_QUOTED = r'^$|[",\r\n]'
_QUOTED_NAME = r'^$|[",;|\t\r\n\x{FEFF}]'
"""By its names a reader finds the delimiter, and a byte order mark may stand before them."""


class CsvSink(TextSink):
    """Writes rows as CSV, quoted only where a field would else be read as something else.

    An absent value is an empty field and an empty string `""`; lists and objects are JSON text.
    """

    def _head(self, names: list[str]) -> bytes:
        quoted = _quoted(pa.array(names, pa.string()), _QUOTED_NAME)
        return ",".join(quoted.to_pylist()).encode() + b"\n"

    def _texts(self, batch: pa.RecordBatch) -> Array:
        columns = zip(batch.columns, self._columns, strict=True)
        fields = [pc.fill_null(_fields(array, column), "") for array, column in columns]
        if not fields:
            return pa.array(["\n"] * batch.num_rows, pa.string())
        return pc.binary_join_element_wise(pc.binary_join_element_wise(*fields, ","), "\n", "")


def _fields(array: Array, column: Column | None) -> Array:
    if pat.is_nested(array.type):
        return _quoted(json_texts(array, column), _QUOTED)
    if column is not None and column.kind == "json":
        return _quoted(_without_quotes(array), _QUOTED)
    texts = value_texts(array, column)
    return texts if pat.is_primitive(array.type) else _quoted(texts, _QUOTED)


def _without_quotes(texts: Array) -> Array:
    """Take the members of a union out of JSON: strings stand as they are, and are so read."""
    strings = pc.fill_null(pc.starts_with(texts, '"'), False)
    if not pc.any(strings).as_py():
        return texts
    values = [orjson.loads(text) for text in texts.filter(strings).to_pylist()]
    return pc.replace_with_mask(texts, strings, pa.array(values, pa.string()))


def _quoted(texts: Array, where: str) -> Array:
    wanting = pc.match_substring_regex(texts, where)
    if not pc.any(wanting).as_py():
        return texts
    doubled = pc.replace_substring(texts, '"', '""')
    return pc.if_else(wanting, pc.binary_join_element_wise('"', doubled, '"', ""), texts)
