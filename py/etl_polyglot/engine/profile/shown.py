"""Values of columnar outputs as the report shows them."""

import math
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.types as pat

from etl_polyglot.engine.comparable import is_calendar, stored_as
from etl_polyglot.engine.convert.json_types import in_json_types
from etl_polyglot.schema.arrow import Array
from etl_polyglot.schema.errors import MAX_TEXT, shown

KEPT_TEXT = MAX_TEXT + 1
"""Characters of a text that are kept, one more than are shown: so a cut is seen."""

_OUTSIDE = "<value out of range"
"""How Arrow begins the text of a date or time that its calendar does not have."""

_LARGEST_INTEGER = 2**53 - 1


def show_values(values: Array) -> list[Any]:
    """Give values as JSON has them.

    Text is cut short. A date or time outside the calendar is its number. Decimals are text, and
    so are integers that JavaScript cannot hold, and what is no number: `NaN`, `Infinity`,
    `-Infinity`.
    """
    kind = values.type
    if is_calendar(kind):
        stored = values.cast(stored_as(kind)).to_pylist()
        told = in_json_types(values).to_pylist()
        return [_show_moment(*one, kind) for one in zip(told, stored, strict=True)]
    found = values.cast(pa.string()) if pat.is_decimal(kind) else in_json_types(values)
    return [_show(value) for value in found.to_pylist()]


def show_stored(values: Sequence[Any], kind: pa.DataType) -> list[Any]:
    """Give values as JSON has them that are in no array, dates and times as their numbers."""
    if is_calendar(kind):
        return show_values(pa.array(values, stored_as(kind)).cast(kind))
    return show_values(pa.array(values, kind))


def _show_moment(text: str | None, stored: int | None, kind: Any) -> str | None:
    if text is None or text.startswith(_OUTSIDE):
        unit = "days" if pat.is_date32(kind) else "ms" if pat.is_date64(kind) else kind.unit
        since = "00:00:00" if pat.is_time(kind) else "1970-01-01"
        return None if stored is None else f"{stored} {unit} since {since}"
    return text.removesuffix("Z") if pat.is_timestamp(kind) and kind.tz is None else text


def _show(value: Any) -> Any:
    if isinstance(value, int) and abs(value) > _LARGEST_INTEGER:
        return str(value)
    if isinstance(value, float):
        if math.isnan(value):
            return "NaN"
        return value + 0.0 if math.isfinite(value) else f"{'-' * (value < 0)}Infinity"
    return shown(value)
