"""What validation found in a frame."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from etl_polyglot.frames.chunks import selected
from etl_polyglot.schema.columnar.judged import Mask
from etl_polyglot.schema.errors import ErrorRecord

_SHOWN = 5
_DTYPES = {
    "index": "int64",
    **dict.fromkeys(("path", "field", "code", "message", "keyword"), "str"),
    **dict.fromkeys(("expected", "value"), "object"),
}


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class FrameReport:
    """The verdict on a frame, with the names of the HTTP API's `result`.

    Attributes:
        valid: whether all records are.
        total_records, valid_records, invalid_records: always exact.
        errors: the first error records by row, path and keyword, `max_errors` at most; `index`
            is a row's position from 0, whatever the frame's labels.
        errors_truncated: whether there are more.
        duration_ms: the time that it took.
        mask: a flag per row: whether it is valid.
    """

    valid: bool
    total_records: int
    valid_records: int
    invalid_records: int
    errors: list[ErrorRecord]
    errors_truncated: bool
    duration_ms: float
    mask: Mask
    _frame: Any = field(compare=False)

    @property
    def valid_frame(self) -> Any:
        """The valid rows as a frame of the type that was validated, with their labels.

        Raises TypeError where that was a stream that is read once.
        """
        return selected(self._frame, self.mask)

    @property
    def invalid_frame(self) -> Any:
        """The invalid rows as a frame of the type that was validated, with their labels.

        Raises TypeError where that was a stream that is read once.
        """
        return selected(self._frame, ~self.mask)

    @property
    def error_frame(self) -> pd.DataFrame:
        """The error records as a pandas frame; `value` is NA where the member is missing."""
        columns = {
            name: pd.Series(
                [record.get(name, pd.NA) for record in self.errors],
                dtype=dtype,
            )
            for name, dtype in _DTYPES.items()
        }
        return pd.DataFrame(columns)

    def __repr__(self) -> str:
        if self.valid:
            return f"FrameReport: all {self.total_records:,} records are valid"
        lines = [
            f"FrameReport: {self.invalid_records:,} of {self.total_records:,} records are invalid"
        ]
        lines += [_line(record) for record in self.errors[:_SHOWN]]
        more = len(self.errors) - _SHOWN
        if self.errors_truncated:
            lines.append(f"  … and more than {max(more, 0):,} errors more")
        elif more > 0:
            lines.append(f"  … and {more:,} errors more")
        return "\n".join(lines)


def _line(record: ErrorRecord) -> str:
    value = f", is {record['value']!r}" if "value" in record else ""
    return f"  row {record['index']}, {record['path'] or 'record'}: {record['message']}{value}"
