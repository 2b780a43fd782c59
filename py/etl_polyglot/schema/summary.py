"""A record schema in a few words, as lists of schemas have it."""

from __future__ import annotations

from typing import Any

from etl_polyglot.schema.ir import Record
from etl_polyglot.schema.shape import is_closed


def summary(record: Record, built_in: bool) -> dict[str, Any]:
    """Return the record's name and version, what it says of itself, its key, and if it is closed.

    `version` is the digest of its content. A closed record takes no member that it does not name.
    """
    return {
        "name": record.name,
        "version": record.digest,
        "title": record.root.title,
        "description": record.root.description,
        "built_in": built_in,
        "primary_key": list(record.primary_key),
        "closed": is_closed(record.root),
    }
