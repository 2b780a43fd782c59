"""Labels of internationalised host names (`xn--…`): Punycode, and the rules of RFC 5892.

The twin of `ts/schema/idna.ts`. The Bidi rule of RFC 5893 is not checked.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from functools import cache

from etl_polyglot.generated.idna import IDNA

_BASE, _LEAST, _MOST, _SKEW, _DAMP = 36, 1, 26, 38, 700
_ARABIC_DIGITS, _EXTENDED_DIGITS = range(0x660, 0x66A), range(0x6F0, 0x6FA)


def is_a_label(label: str) -> bool:
    """Whether a label that begins with `xn--`, in lower case, stands for a valid one."""
    points = decode(label[4:])
    if points is None or all(point < 0x80 for point in points):
        return False
    text = "".join(map(chr, points))
    return (
        text[2:4] != "--"
        and not _is_in("marks", points[0])
        and unicodedata.normalize("NFC", text) == text
        and all(_fits(points, at) for at in range(len(points)))
    )


def decode(text: str) -> list[int] | None:
    """Return the code points that a Punycode text stands for (RFC 3492); None for none."""
    head, _, tail = text.rpartition("-")
    points = [ord(char) for char in head]
    code, place, bias, at = 0x80, 0, 72, 0
    while at < len(tail):
        start, weight, step = place, 1, _BASE
        while True:
            if at == len(tail):
                return None
            digit = _digit(tail[at])
            at += 1
            place += digit * weight
            threshold = min(max(step - bias, _LEAST), _MOST)
            if digit < threshold:
                break
            weight *= _BASE - threshold
            step += _BASE
        count = len(points) + 1
        bias = _adapted(place - start, count, start == 0)
        code += place // count
        place %= count
        if code > 0x10FFFF or 0xD800 <= code < 0xE000:
            return None
        points.insert(place, code)
        place += 1
    return points


def _digit(char: str) -> int:
    return ord(char) - ord("a") if char.isalpha() else ord(char) - ord("0") + 26


def _adapted(delta: int, count: int, is_first: bool) -> int:
    delta = delta // _DAMP if is_first else delta // 2
    delta += delta // count
    bias = 0
    while delta > (_BASE - _LEAST) * _MOST // 2:
        delta //= _BASE - _LEAST
        bias += _BASE
    return bias + (_BASE - _LEAST + 1) * delta // (delta + _SKEW)


def _fits(points: list[int], at: int) -> bool:
    """Whether a code point may stand where it stands (RFC 5892, appendix A)."""
    point = points[at]
    before = points[at - 1] if at else -1
    after = points[at + 1] if at + 1 < len(points) else -1
    match point:
        case 0xB7:
            return before == after == ord("l")
        case 0x375:
            return _is_in("greek", after)
        case 0x5F3 | 0x5F4:
            return _is_in("hebrew", before)
        case 0x30FB:
            return any(_is_in("kana_han", one) for one in points)
        case 0x200D:
            return _is_in("virama", before)
        case 0x200C:
            return _is_in("virama", before) or _joins(points, at)
    if point in _ARABIC_DIGITS:
        return not any(one in _EXTENDED_DIGITS for one in points)
    if point in _EXTENDED_DIGITS:
        return not any(one in _ARABIC_DIGITS for one in points)
    return _is_in("valid", point)


def _joins(points: list[int], at: int) -> bool:
    """Whether letters on both sides would join but for the ZWNJ between."""
    left, right = at - 1, at + 1
    while left >= 0 and _is_in("transparent", points[left]):
        left -= 1
    while right < len(points) and _is_in("transparent", points[right]):
        right += 1
    return (
        left >= 0
        and _is_in("joins_left", points[left])
        and right < len(points)
        and _is_in("joins_right", points[right])
    )


@cache
def _ranges(name: str) -> tuple[list[int], list[int]]:
    pairs = [part.partition("-") for part in IDNA[name].split()]
    firsts = [int(low, 16) for low, _, _ in pairs]
    return firsts, [int(high or low, 16) for low, _, high in pairs]


def _is_in(name: str, point: int) -> bool:
    firsts, lasts = _ranges(name)
    at = bisect_right(firsts, point) - 1
    return at >= 0 and point <= lasts[at]
