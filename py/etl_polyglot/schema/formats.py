"""`format`: what a string of each format looks like, by one table for every back end."""

from __future__ import annotations

from collections.abc import Callable

from etl_polyglot.generated.formats import FORMAT_CHECKS, FORMATS
from etl_polyglot.schema.idna import is_a_label
from etl_polyglot.schema.regex.syntax import is_regular_expression
from etl_polyglot.schema.text import matches_portable

MAX_HOST_NAME = 253


def has_format(text: str, name: str) -> bool:
    """Whether a text is of a format of `shared-schemas/formats.json`."""
    if not matches_portable(text, FORMATS[name]):
        return False
    check = FORMAT_CHECKS.get(name)
    return check is None or _CHECKS[check](text)


def _is_leap_second_in_place(text: str) -> bool:
    """Whether a second 60, if there is one, is the last of its day in UTC (RFC 3339, 5.7)."""
    time = text[text.upper().rfind("T") + 1 :]
    if time[6:8] != "60":
        return True
    minutes = int(time[:2]) * 60 + int(time[3:5])
    if time[-1] not in "Zz":
        offset = int(time[-5:-3]) * 60 + int(time[-2:])
        minutes -= offset if time[-6] == "+" else -offset
    return minutes % 1440 == 1439


def _is_host_name(text: str) -> bool:
    labels = text.lower().split(".")
    return len(text) <= MAX_HOST_NAME and all(
        is_a_label(label) for label in labels if label.startswith("xn--")
    )


_CHECKS: dict[str, Callable[[str], bool]] = {
    "leap-second": _is_leap_second_in_place,
    "host-name": _is_host_name,
    "regular-expression": is_regular_expression,
}
