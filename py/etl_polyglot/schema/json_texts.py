"""The values of columns as error records show them, and as JSON text, all at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from etl_polyglot.schema.arrow import Array, pc, text_buffers
from etl_polyglot.schema.canonical import MAX_SAFE_INTEGER
from etl_polyglot.schema.errors import MAX_TEXT, shown
from etl_polyglot.schema.record import Column
from etl_polyglot.schema.rows import as_text, values_of

_BACKSLASH = ord("\\")
_ESCAPED = np.isin(np.arange(256), [*range(0x20), ord('"'), _BACKSLASH])


def shown_values(column: Column | None, array: Array) -> Array | list[Any]:
    """Return the JSON values of a column's array as error records show them.

    Text, booleans and integers stay an array, for `json_texts`; nulls are null.
    """
    texts = as_text(array, column)
    if column is None or column.kind != "json":
        if pa.types.is_string(texts.type):
            return _cut(texts)
        if pa.types.is_boolean(texts.type) or _is_exact(texts):
            return texts
    return [shown(value) for value in values_of(column, array)]


def json_texts(values: Array) -> Array:
    """Write text, booleans or integers as JSON, a null as `null`."""
    if not pa.types.is_string(values.type):
        texts = pc.cast(values, pa.string())
    else:
        texts = pc.binary_join_element_wise('"', _escaped(values), '"', "")
    return pc.fill_null(texts, "null") if texts.null_count else texts


def _cut(texts: Array) -> Array:
    longest = pc.max(pc.binary_length(texts)).as_py()
    if longest is None or longest <= MAX_TEXT:
        return texts
    beginnings = pc.utf8_slice_codeunits(texts, 0, MAX_TEXT)
    is_long = pc.greater(pc.utf8_length(texts), MAX_TEXT)
    return pc.if_else(is_long, pc.binary_join_element_wise(beginnings, "…", ""), texts)


def _is_exact(values: Array) -> bool:
    if not pa.types.is_integer(values.type):
        return False
    limits = pc.min_max(values)
    low, high = limits["min"].as_py(), limits["max"].as_py()
    return low is None or (low >= -MAX_SAFE_INTEGER and high <= MAX_SAFE_INTEGER)


def _escaped(texts: Array) -> Array:
    _, used = text_buffers(texts)
    found = np.unique(used[_ESCAPED[used]]).tolist()
    # Backslashes first: they stand in what is put for others.
    for byte in sorted(found, key=lambda one: one != _BACKSLASH):
        character = chr(byte)
        texts = pc.replace_substring(texts, character, orjson.dumps(character)[1:-1].decode())
    return texts
