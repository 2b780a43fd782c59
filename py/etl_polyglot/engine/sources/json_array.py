"""Where the values of an array end."""

import numpy as np

from etl_polyglot.engine.file import SourceFile
from etl_polyglot.engine.json_marks import BLOCK_BYTES, COMMA, JsonMarks, Marks
from etl_polyglot.engine.records import Positions
from etl_polyglot.engine.stop import checkpoint


def value_ends(data: bytes, most: int | None = None) -> tuple[Positions, int | None]:
    """Find the commas after the values of an array, and the bracket that closes it, if any.

    Parameters:
        data: bytes from the beginning of a value on.
        most: as many commas are enough; there may be more.
    """
    marks, found, count = JsonMarks(), [np.empty(0, np.int64)], 0
    close = None
    for start in range(0, len(data), BLOCK_BYTES):
        checkpoint()
        commas, close = _ends(marks.feed(data[start : start + BLOCK_BYTES]))
        found.append(commas + start)
        count += len(commas)
        if close is not None:
            close += start
            break
        if most is not None and count >= most:
            break
    return np.concatenate(found), close


def value_end(file: SourceFile, at: int) -> int | None:
    """Find the comma, or the closing bracket, after one value of any length in a file.

    Parameters:
        file: the file.
        at: where the value begins.
    """
    marks = JsonMarks()
    while at < file.size:
        checkpoint()
        block = file.read(at, min(at + BLOCK_BYTES, file.size))
        commas, close = _ends(marks.feed(block))
        if len(commas):
            return at + int(commas[0])
        if close is not None:
            return at + close
        at += len(block)
    return None


def _ends(marks: Marks) -> tuple[Positions, int | None]:
    below = np.flatnonzero(marks.depths < 0)
    last = int(below[0]) if len(below) else len(marks.places)
    at_root = (marks.depths[:last] == 0) & (marks.kinds[:last] == COMMA)
    commas = marks.places[:last][at_root]
    return commas, int(marks.places[last]) if len(below) else None
