"""Values of columnar outputs as the report shows them."""

import math
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.types as pat

from etl_polyglot.engine.convert.json_types import in_json_types
from etl_polyglot.engine.profile.hashes import is_calendar, stored_as
from etl_polyglot.schema.arrow import Array
from etl_polyglot.schema.errors import MAX_TEXT, shown

KEPT_TEXT = MAX_TEXT + 1
"""Characters of a text that are kept, one more than are shown: so a cut is seen."""

_LARGEST_INTEGER = 2**53 - 1


def show_values(values: Array) -> list[Any]:
    """Give values as JSON has them.

    Text is cut short. Decimals are text, and so are integers that JavaScript cannot hold, and
    what is no number: `NaN`, `Infinity`, `-Infinity`.
    """
    kind = values.type
    found = values.cast(pa.string()) if pat.is_decimal(kind) else in_json_types(values)
    return [_show(value) for value in found.to_pylist()]


def show_stored(values: Sequence[Any], kind: pa.DataType) -> list[Any]:
    """Give values as JSON has them that are in no array, dates and times as their numbers."""
    if is_calendar(kind):
        return show_values(pa.array(values, stored_as(kind)).cast(kind))
    return show_values(pa.array(values, kind))


def _show(value: Any) -> Any:
    if isinstance(value, int) and abs(value) > _LARGEST_INTEGER:
        return str(value)
    if isinstance(value, float):
        if math.isnan(value):
            return "NaN"
        return value + 0.0 if math.isfinite(value) else f"{'-' * (value < 0)}Infinity"
    return shown(value)
