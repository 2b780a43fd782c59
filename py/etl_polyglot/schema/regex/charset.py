"""Sets of characters as ranges of code points, and how every engine reads them written."""

from __future__ import annotations

import sys
import unicodedata
from functools import cache

Ranges = tuple[tuple[int, int], ...]
"""First and last code point of each range."""

_DIGIT = ((0x30, 0x39),)
_WORD = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
# ECMA-262's WhiteSpace and LineTerminator.
_SPACE = (
    *((0x09, 0x0D), (0x20, 0x20), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A)),
    *((0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF)),
)
LINE_ENDS = ((0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029))
_SETS = {"d": _DIGIT, "w": _WORD, "s": _SPACE}


_CATEGORIES = {
    "Letter": "L",
    "Cased_Letter": "LC",
    "Uppercase_Letter": "Lu",
    "Lowercase_Letter": "Ll",
    "Titlecase_Letter": "Lt",
    "Modifier_Letter": "Lm",
    "Other_Letter": "Lo",
    "Mark": "M",
    "Nonspacing_Mark": "Mn",
    "Spacing_Mark": "Mc",
    "Enclosing_Mark": "Me",
    "Number": "N",
    "Decimal_Number": "Nd",
    "Letter_Number": "Nl",
    "Other_Number": "No",
    "Punctuation": "P",
    "Symbol": "S",
    "Math_Symbol": "Sm",
    "Currency_Symbol": "Sc",
    "Separator": "Z",
    "Space_Separator": "Zs",
}


@cache
def unicode_property(name: str) -> Ranges | None:
    """Return the set that `\\p{name}` stands for, by the compiler's version of Unicode.

    It knows the general categories, by their long names or short ones; None is no such name.
    """
    name = name.removeprefix("General_Category=").removeprefix("gc=")
    if name in ("Any", "ASCII"):
        return ((0, 0x10FFFF if name == "Any" else 0x7F),)
    short = _CATEGORIES.get(name, name)
    wanted = ("Lu", "Ll", "Lt") if short == "LC" else (short,)
    if short not in (*_CATEGORIES.values(), "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sk", "So"):
        return None
    ranges: list[tuple[int, int]] = []
    for code in range(sys.maxunicode + 1):
        if unicodedata.category(chr(code)).startswith(wanted):
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1] = (ranges[-1][0], code)
            else:
                ranges.append((code, code))
    return tuple(ranges)


def complement(ranges: Ranges) -> Ranges:
    """Return every other code point."""
    result, start = [], 0
    for low, high in sorted(ranges):
        if start < low:
            result.append((start, low - 1))
        start = max(start, high + 1)
    if start <= 0x10FFFF:
        result.append((start, 0x10FFFF))
    return tuple(result)


def shorthand(letter: str) -> Ranges:
    """Return the set that `\\d`, `\\D`, `\\w`, … stand for in ECMA-262."""
    ranges = _SETS[letter.lower()]
    return complement(ranges) if letter.isupper() else ranges


def character(code: int, special: str) -> str:
    """Write one code point, escaped where it is special."""
    if not 0x20 <= code < 0x7F:
        # Letters beyond ASCII stand as they are, what no one sees is written by its number.
        return chr(code) if chr(code).isalnum() else f"\\x{{{code:X}}}"
    return f"\\{chr(code)}" if chr(code) in special else chr(code)


def bracketed(ranges: Ranges, negated: bool = False) -> str:
    """Write a set as `[…]`, escaping what any engine reads otherwise there."""
    parts = []
    for low, high in ranges:
        parts.append(character(low, "\\^-[]&~"))
        if high > low:
            parts.append("" if high == low + 1 else "-")
            parts.append(character(high, "\\^-[]&~"))
    return f"[{'^' if negated else ''}{''.join(parts)}]"
