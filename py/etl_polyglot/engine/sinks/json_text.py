"""Arrow columns → JSON text, by kernels: no value becomes a Python object on its way."""

from collections.abc import Sequence
from functools import reduce

import orjson
import pyarrow as pa
import pyarrow.types as pat

from etl_polyglot.engine.nested import lengths_of, list_array
from etl_polyglot.engine.sinks.value_text import value_texts
from etl_polyglot.schema.arrow import Array, as_type, pc
from etl_polyglot.schema.canonical import MAX_SAFE_INTEGER
from etl_polyglot.schema.record import Column

_ESCAPED = r'["\\\x00-\x1f]'


def json_texts(array: Array, column: Column | None) -> Array:
    """Write the values of a column as JSON text without line feeds; nulls stay null.

    Parameters:
        array: the values.
        column: the schema's column, where they are of one; else integers beyond ±(2^53-1) and
            decimals are strings, as a schema would have to have them.

    Raises:
        ArrowException: values of this type have no text.
    """
    found = array.type
    if pat.is_map(found):
        entries = pa.list_(pa.struct([("key", found.key_type), ("value", found.item_type)]))
        return json_texts(as_type(array, entries), None)
    if pat.is_list(found):
        return _lists(array, None if column is None else column.item)
    if pat.is_struct(found):
        columns = (None,) * found.num_fields if column is None else column.fields
        objects = object_texts(list(found.names), array.flatten(), columns, len(array))
        return pc.if_else(array.is_valid(), objects, None)
    if column is not None and column.kind == "json":
        # A line feed can only stand between its tokens.
        return pc.replace_substring_regex(array, r"[\r\n]", " ")
    texts = value_texts(array, column)
    if pat.is_boolean(found) or pat.is_floating(found):
        return texts
    if column is not None:
        return texts if column.kind in ("integer", "number") else _quoted(texts)
    return _integers(array, texts) if pat.is_integer(found) else _quoted(texts)


def object_texts(
    names: Sequence[str], arrays: Sequence[Array], columns: Sequence[Column | None], count: int
) -> Array:
    """Write rows as JSON objects, from which absent members are left out.

    Parameters:
        names: the members.
        arrays: their values.
        columns: the schema's columns, by member; a null of one that must be there is written.
        count: how many objects.
    """
    members = []
    for name, array, column in zip(names, arrays, columns, strict=True):
        texts = json_texts(array, column)
        if column is not None and column.required and column.nullable:
            texts = pc.fill_null(texts, "null")
        key = orjson.dumps(name).decode() + ":"
        members.append(pc.binary_join_element_wise(key, texts, ""))
    if not members:
        return pa.array(["{}"] * count, pa.string())
    if all(texts.null_count for texts in members):
        # A row of which all is skipped Arrow would leave out.
        empty = reduce(pc.and_, [texts.is_null() for texts in members])
        members[0] = pc.if_else(empty, "", members[0])
    joined = pc.binary_join_element_wise(*members, ",", null_handling="skip")
    return pc.binary_join_element_wise("{", joined, "}", "")


def _lists(array: Array, item: Column | None) -> Array:
    items = pc.fill_null(json_texts(array.flatten(), item), "null")
    lists = list_array(lengths_of(array), items, pa.list_(pa.string()), array.is_null())
    return pc.binary_join_element_wise("[", pc.binary_join(lists, ","), "]", "")


def _integers(array: Array, texts: Array) -> Array:
    if array.type.bit_width < 64:
        return texts
    limit = pa.scalar(MAX_SAFE_INTEGER, array.type)
    safe = pc.less_equal(array, limit)
    if not pat.is_unsigned_integer(array.type):
        safe = pc.and_(safe, pc.greater_equal(array, pc.negate(limit)))
    return texts if pc.all(safe).as_py() else pc.if_else(safe, texts, _quoted(texts))


def _quoted(texts: Array) -> Array:
    quoted = pc.binary_join_element_wise('"', texts, '"', "")
    escaped = pc.fill_null(pc.match_substring_regex(texts, _ESCAPED), False)
    if not pc.any(escaped).as_py():
        return quoted
    written = [orjson.dumps(text).decode() for text in texts.filter(escaped).to_pylist()]
    return pc.replace_with_mask(quoted, escaped, pa.array(written, pa.string()))
