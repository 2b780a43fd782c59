"""`format`: what a string of each format looks like, by one table for every back end."""

from __future__ import annotations

from etl_polyglot.generated.formats import FORMATS
from etl_polyglot.schema.text import matches_portable


def has_format(text: str, name: str) -> bool:
    """Whether a text is of a format of `shared-schemas/formats.json`."""
    return matches_portable(text, FORMATS[name])
