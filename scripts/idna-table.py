"""Makes shared-schemas/idna.json from the tables of the package `idna` (pip install idna).

The sets of code points that RFC 5892 needs to tell valid labels of internationalised names. They
change with Unicode only; run this by hand to bring them up to date.
"""

import json
import sys
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from idna import idnadata  # type: ignore[import-not-found]

CODES = range(sys.maxunicode + 1)


def unpacked(ranges: Iterable[int]) -> list[tuple[int, int]]:
    return [(packed >> 32, (packed & 0xFFFFFFFF) - 1) for packed in ranges]


def of_codes(codes: Iterable[int]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for code in sorted(codes):
        if found and found[-1][1] == code - 1:
            found[-1] = (found[-1][0], code)
        else:
            found.append((code, code))
    return found


def written(ranges: Iterable[tuple[int, int]]) -> str:
    return " ".join(f"{low:x}" if low == high else f"{low:x}-{high:x}" for low, high in ranges)


def of_scripts(*names: str) -> list[tuple[int, int]]:
    return sorted(pair for name in names for pair in unpacked(idnadata.scripts[name]))


def joining(*kinds: str) -> list[tuple[int, int]]:
    return of_codes(code for code, kind in idnadata.joining_types().items() if chr(kind) in kinds)


def assigned(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Leave out what older Unicode does not know, and so might normalise otherwise."""
    return of_codes(
        code
        for low, high in ranges
        for code in range(low, high + 1)
        if unicodedata.category(chr(code)) != "Cn"
    )


def of_category(*names: str) -> list[tuple[int, int]]:
    return of_codes(code for code in CODES if unicodedata.category(chr(code)) in names)


table = {
    "$comment": "Sets of code points of RFC 5892, as hexadecimal ranges: what labels of "
    f"internationalised host names may hold. Made by scripts/idna-table.py from Unicode "
    f"{idnadata.__version__}; what came after Unicode {unicodedata.unidata_version} is left out.",
    "valid": written(assigned(unpacked(idnadata.codepoint_classes["PVALID"]))),
    "marks": written(of_category("Mn", "Mc", "Me")),
    "virama": written(
        of_codes(
            code for code in range(sys.maxunicode + 1) if unicodedata.combining(chr(code)) == 9
        )
    ),
    "greek": written(of_scripts("Greek")),
    "hebrew": written(of_scripts("Hebrew")),
    "kana_han": written(of_scripts("Hiragana", "Katakana", "Han")),
    "joins_left": written(joining("L", "D")),
    "joins_right": written(joining("R", "D")),
    "transparent": written(joining("T")),
}
target = Path(__file__).resolve().parents[1] / "shared-schemas" / "idna.json"
target.write_text(json.dumps(table, indent=2) + "\n", "utf-8")
