"""Changes one place of a value, by little: mostly a valid one becomes just invalid."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from .names import NUMBERS, names
from .values import scalars

Path = tuple[Any, ...]


@st.composite
def mutated(draw: st.DrawFn, value: Any) -> Any:
    """Return the value with one change somewhere in it."""
    path = draw(st.sampled_from(list(_places(value))))
    return _replaced(value, path, lambda old: draw(_changed(old)))


def _places(value: Any, path: Path = ()) -> Iterator[Path]:
    yield path
    members = value.items() if isinstance(value, dict) else ()
    for key, inner in enumerate(value) if isinstance(value, list) else members:
        yield from _places(inner, (*path, key))


def _replaced(value: Any, path: Path, change: Any) -> Any:
    if not path:
        return change(value)
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _replaced(copy[path[0]], path[1:], change)
    return copy


def _changed(old: Any) -> st.SearchStrategy[Any]:
    others: st.SearchStrategy[Any] = scalars | st.sampled_from(([], {}, [old], {"a": old}))
    match old:
        case bool() | None:
            return others
        case int() | float():
            return st.sampled_from(_near(old)) | others
        case str():
            return st.sampled_from(_respelled(old)) | others
        case list():
            return _rearranged(old) | others
        case _:
            return _members_changed(old) | others


def _near(number: int | float) -> list[Any]:
    double = float(number)
    found = [number + 1, number - 1, -number, double, str(number), number == 1]
    found += [math.nextafter(double, math.inf), math.nextafter(double, -math.inf), number + 0.01]
    return [one for one in found if not isinstance(one, float) or math.isfinite(one)]


def _respelled(text: str) -> list[Any]:
    return [
        *(text[:-1], text[1:], text + "a", text + "😀", text + "\u0301", text + "\n", " " + text),
        *(text.upper(), text + text, text.replace("😀", "a"), text.swapcase(), [text]),
    ]


@st.composite
def _rearranged(draw: st.DrawFn, items: list[Any]) -> list[Any]:
    if not items:
        return [draw(scalars)]
    at = draw(st.integers(0, len(items) - 1))
    return draw(
        st.sampled_from(
            (
                items[:at] + items[at + 1 :],
                [*items, items[at]],
                [*items, _twin(items[at])],
                items[::-1],
            )
        )
        | scalars.map(lambda one: [*items, one])
    )


def _twin(value: Any) -> Any:
    """Return the value in other words: 1 for 1.0, other keys first; true for 1 is another."""
    match value:
        case bool():
            return int(value)
        case int():
            return float(value)
        case float() if value.is_integer():
            return int(value)
        case list():
            return [_twin(one) for one in value]
        case dict():
            return {key: _twin(value[key]) for key in reversed(value)}
    return value


@st.composite
def _members_changed(draw: st.DrawFn, members: dict[str, Any]) -> dict[str, Any]:
    ways = ("add", "drop", "rename", "turn", "null")
    way = draw(st.sampled_from(ways)) if members else "add"
    if way == "add":
        return {**members, draw(names): draw(scalars | st.sampled_from((*NUMBERS, [], {})))}
    if way == "turn":
        return {key: _twin(members[key]) for key in reversed(members)}
    chosen = draw(st.sampled_from(list(members)))
    rest = {key: value for key, value in members.items() if key != chosen}
    if way == "drop":
        return rest
    if way == "null":
        return {**members, chosen: None}
    return {**rest, draw(names): members[chosen]}
