"""What `explain` finds before it is told as error records."""

from __future__ import annotations

from typing import Any

from etl_polyglot.schema.errors import Path, expectation, text_order

Fault = tuple[Path, str, Any, Any]
"""Where, the keyword, what it expects, and the value found."""


def in_order(faults: list[Fault]) -> list[Fault]:
    """Sort the faults of one place as their records are; what several schemas say alike is once."""
    if len(faults) < 2:
        return faults
    known = {(fault[1], expectation(fault[2])[1]): fault for fault in faults}
    return [known[key] for key in sorted(known, key=lambda key: (key[0], text_order(key[1])))]
