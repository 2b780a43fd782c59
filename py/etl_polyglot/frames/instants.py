"""Instants, dates and times as RFC 3339 texts, one way for every kind of column."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

import numpy as np


def instant_texts(values: Any) -> list[str]:
    """Write a datetime64 array, read as UTC: `2024-01-01T00:00:00.5Z`, no digit too many."""
    return [f"{_trimmed(text)}Z" for text in np.datetime_as_string(values).tolist()]


def date_texts(days: Any) -> list[str]:
    """Write an array of days since 1970 as `2024-01-01`."""
    texts: list[str] = np.datetime_as_string(days.astype("datetime64[D]")).tolist()
    return texts


def time_texts(since_midnight: Any) -> list[str]:
    """Write a datetime64 array of 1 January 1970 as times of the day in UTC."""
    return [text.partition("T")[2] for text in instant_texts(since_midnight)]


def moment_text(moment: datetime) -> str:
    """Write a datetime or Timestamp as an instant in UTC; without a zone it is in UTC already."""
    if moment.tzinfo is not None:
        try:
            moment = moment.astimezone(UTC)
        except OverflowError:  # the year 0 or 10000 in UTC
            return moment.isoformat()
    return f"{_trimmed(moment.replace(tzinfo=None).isoformat())}Z"


def time_text(value: time) -> str:
    """Write a time of the day; without an offset it is in UTC."""
    if value.utcoffset() is not None:
        return value.isoformat()
    return f"{_trimmed(value.replace(tzinfo=None).isoformat())}Z"


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
