"""The microservice's work on Arrow tables: every rule and every normal form by whole columns."""

import numpy as np
import numpy.typing as npt
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from users_rows import EMAIL

Mask = npt.NDArray[np.bool_]


def transform_table(body: bytes) -> pa.Buffer:
    """Validate and normalise users.

    Returns:
        The good rows as an Arrow stream, with `[index, field]` of the bad ones' errors, as JSON,
        under `errors` in its schema.
    """
    with pa.ipc.open_stream(body) as reader:
        table = reader.read_all().combine_chunks()
    instants = pd.to_datetime(
        table["created_at"].to_pandas(), format="ISO8601", utc=True, errors="coerce"
    )
    faults = _faults(table, instants)
    bad = np.logical_or.reduce(list(faults.values()))
    errors = sorted((int(row), name) for name, rows in faults.items() for row in rows.nonzero()[0])
    if bad.any():
        table, instants = table.filter(pa.array(~bad)), instants[~bad]
    table = _normal(table, instants)
    table = table.replace_schema_metadata({"errors": orjson.dumps(errors)})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def _faults(table: pa.Table, instants: "pd.Series[pd.Timestamp]") -> dict[str, Mask]:
    """Which rows have a fault in each column."""
    length = pc.utf8_length(table["name"])
    return {
        "id": ~_mask(pc.greater_equal(table["id"], 1)),
        "email": ~_mask(pc.match_substring_regex(table["email"], EMAIL)),
        "name": ~_mask(pc.and_(pc.greater_equal(length, 1), pc.less_equal(length, 200))),
        "age": _mask(pc.or_(pc.less(table["age"], 0), pc.greater(table["age"], 150))),
        "created_at": instants.isna().to_numpy(),
        "tags": _mask(pc.greater(pc.list_value_length(table["tags"]), 50)) | _twice(table["tags"]),
    }


def _mask(column: pa.ChunkedArray) -> Mask:
    mask: Mask = pc.fill_null(column, False).to_numpy()
    return mask


def _twice(lists: pa.ChunkedArray) -> Mask:
    """Lists in which an item stands twice."""
    found = np.zeros(len(lists), bool)
    items = pc.list_flatten(lists).combine_chunks().dictionary_encode()
    kinds = max(1, len(items.dictionary))
    pairs = pc.list_parent_indices(lists).to_numpy() * kinds + items.indices.to_numpy()
    pairs.sort()
    found[pairs[1:][pairs[1:] == pairs[:-1]] // kinds] = True
    return found


def _normal(table: pa.Table, instants: "pd.Series[pd.Timestamp]") -> pa.Table:
    email = table["email"]
    if pc.equal(email, pc.utf8_lower(email)).combine_chunks().true_count != len(email):
        parts = pc.split_pattern(email, "@", max_splits=1, reverse=True)
        domain = pc.utf8_lower(pc.list_element(parts, 1))
        email = pc.binary_join_element_wise(pc.list_element(parts, 0), domain, "@")
    created = pa.Array.from_pandas(instants).cast(pa.timestamp("us", "UTC"))
    tags = table["tags"].combine_chunks()
    items = _normal_text(tags.values)
    lists = pa.ListArray.from_arrays(tags.offsets, items, mask=tags.is_null())
    for name, column in {
        "email": email,
        "name": _normal_text(table["name"]),
        "created_at": created,
        "tags": lists,
    }.items():
        table = table.set_column(table.schema.get_field_index(name), name, column)
    return table


def _normal_text(column: pa.Array) -> pa.Array:
    spaced = pc.replace_substring_regex(pc.utf8_trim_whitespace(column), r"\s+", " ")
    return pc.utf8_normalize(spaced, "NFC")
