"""One Python value of a frame → the JSON value that it stands for."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd

from etl_polyglot.frames.instants import instant_texts, moment_text, time_text
from etl_polyglot.schema.columnar.place import NATURAL, Place
from etl_polyglot.schema.errors import Path
from etl_polyglot.schema.json_text import MAX_DEPTH

LEVELS = MAX_DEPTH - 1
"""How many arrays and objects may lie in each other within a row."""

_SURROGATE = re.compile(r"[\ud800-\udfff]")


class NoJson(float):
    """A value that has no JSON form: NaN to whoever judges it, with the text that errors show."""

    text: str

    def __new__(cls, text: str) -> NoJson:
        made = super().__new__(cls, math.nan)
        made.text = text
        return made


def json_value(value: Any, place: Place = NATURAL, levels: int = LEVELS) -> Any:
    """Return the JSON value of one Python value; a NoJson stands for what has none.

    Nothing is taken for something else: a text is a string, a Decimal a number, or its text where
    the place wants that. Times are RFC 3339 texts, those without a zone in UTC. None, NA and NaT
    within lists and dicts are null.
    """
    match value:
        case None | bool():
            return value
        case str():
            return _text(value)
        case int():
            return _integer(int(value))
        case Decimal() if place.is_text and value.is_finite():
            return f"{value:f}"
        case Decimal() if value.is_snan():
            return NoJson(str(value))
        case float() | Decimal() | np.floating():
            return float(value)
        case list() | tuple():
            return _items(value, place, levels)
        case dict():
            return _members(value, place, levels)
        case np.ndarray():
            return _array(value, place, levels)
        case _ if value is pd.NA or value is pd.NaT:
            return None
        case datetime():
            return moment_text(value)
        case date():
            return value.isoformat()
        case time():
            return time_text(value)
        case UUID():
            return str(value)
        case np.bool_() | np.integer():
            return value.item()
        case np.datetime64():
            return _moment(value)
    return NoJson(_told(value))


def without_json(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield the places of what has no JSON form within a value, each with its text."""
    if isinstance(value, float):
        if not math.isfinite(value):
            yield path, value.text if isinstance(value, NoJson) else str(value)
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from without_json(member, (*path, name))
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from without_json(item, (*path, position))


def _text(text: str) -> str | NoJson:
    text = str.__str__(text)  # of an enumeration's member, what it is and not its name
    return NoJson(_sound(text)) if _SURROGATE.search(text) else text


def _told(value: object) -> str:
    """What errors show of a value that has no JSON form; some cannot even be printed."""
    try:
        return _sound(str(value))
    except Exception:  # noqa: BLE001 - whatever its class does, or digits without end
        return f"an object of type {type(value).__name__}"


def _sound(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def _integer(number: int) -> int | NoJson:
    try:
        float(number)
    except OverflowError:
        return NoJson("an integer beyond the range of a double")
    return number


def _items(items: Any, place: Place, levels: int) -> Any:
    if not levels:
        return NoJson("nested too deep")
    inner = place.item or NATURAL
    return [json_value(item, inner, levels - 1) for item in items]


def _members(members: dict[Any, Any], place: Place, levels: int) -> Any:
    if not levels:
        return NoJson("nested too deep")
    names = [
        str.__str__(name)
        for name in members
        if isinstance(name, str) and not _SURROGATE.search(name)
    ]
    if len(names) < len(members):
        return NoJson(_told(members))
    return {
        name: json_value(member, place.fields.get(name, NATURAL), levels - 1)
        for name, member in zip(names, members.values(), strict=True)
    }


def _array(array: Any, place: Place, levels: int) -> Any:
    if array.ndim == 0:
        return json_value(array[()], place, levels)
    return _items(array.tolist() if array.dtype.kind in "biuf" else list(array), place, levels)


def _moment(value: Any) -> str | NoJson | None:
    """A datetime64 counts days, or seconds and their parts; coarser and finer have no JSON form."""
    unit, count = np.datetime_data(value.dtype)
    if np.isnat(value):
        return None
    if count != 1 or unit not in ("D", "s", "ms", "us", "ns"):
        return NoJson(str(value))
    return str(value) if unit == "D" else instant_texts(np.array([value]))[0]
