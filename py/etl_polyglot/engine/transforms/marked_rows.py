"""Rows of a text column that have certain bytes."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from etl_polyglot.schema.arrow import Array, text_buffers
from etl_polyglot.schema.columnar.judged import Mask, some

Bytes = npt.NDArray[np.uint8]

_BLOCK_BYTES = 128 * 1024
"""Bytes that are looked at together: what is made of them stays in the cache."""


def _has_capitals(text: Bytes) -> Mask:
    return _is_within(text, "A", "Z") | (text >= 0x80)


def _is_within(text: Bytes, first: str, last: str) -> Mask:
    within: Mask = text - ord(first) <= ord(last) - ord(first)  # what is below wraps round
    return within


def beyond_ascii(text: Bytes) -> Mask:
    """Bytes of characters that are not of ASCII."""
    beyond: Mask = text >= 0x80
    return beyond


def beyond_nfc(text: Bytes) -> Mask:
    """First bytes of characters that NFC may change, or that may be white space.

    Nothing between U+00C0 and U+02FF is either: it begins with a byte from 0xC3 to 0xCB.
    """
    beyond: Mask = (text >= 0xCC) | (text == 0xC2)
    return beyond


def may_be_wide_space(text: Bytes) -> Mask:
    """First bytes of white space beyond ASCII."""
    first: Mask = _is_within(text, "\xe1", "\xe3") | (text == 0xC2)
    return first


def _unusual_space(text: Bytes) -> Mask:
    """White space that is no single space; the first byte says nothing."""
    space: Mask = text <= 0x20
    unusual = np.zeros(len(text), bool)
    unusual[1:] = space[1:] & (space[:-1] | (text[1:] != 0x20))
    return unusual


OUT_OF_FORM: dict[str, Callable[[Bytes], Mask]] = {
    "lowercase": _has_capitals,
    "uppercase": lambda text: _is_within(text, "a", "z") | (text >= 0x80),
    "no-spaces": lambda text: (text <= 0x20) | (text >= 0x80),
    "digits": lambda text: ~_is_within(text, "0", "9"),
}
"""The bytes that a text in a form of `x-normalize` surely has none of."""


def doubtful_rows(array: Array, beyond: Callable[[Bytes], Mask]) -> Mask | None:
    """Rows that may not be in normal form: with a byte that `beyond` marks, or with other white
    space than single spaces inside."""
    borders, text = text_buffers(array)
    offsets = borders - borders[0]
    if len(text) == 0:
        return None
    last = len(text) - 1
    first_bytes = text[np.minimum(offsets[:-1], last)]
    last_bytes = text[np.maximum(offsets[1:] - 1, 0)]
    doubtful: Mask = (offsets[1:] > offsets[:-1]) & ((first_bytes <= 0x20) | (last_bytes <= 0x20))
    doubtful[_rows_at(offsets, _marked(text, _unusual_space))] = True
    if text.max() >= 0x80:
        doubtful[_rows_at(offsets, _marked(text, beyond))] = True
    return some(doubtful)


def rows_with(array: Array, wanted: Callable[[Bytes], Mask]) -> Mask | None:
    """Rows that have a byte of those that `wanted` marks."""
    borders, text = text_buffers(array)
    offsets = borders - borders[0]
    found = _marked(text, wanted)
    if not len(found):
        return None
    rows = np.zeros(len(array), bool)
    rows[_rows_at(offsets, found)] = True
    return rows


def _marked(text: Bytes, mark: Callable[[Bytes], Mask]) -> npt.NDArray[np.int64]:
    """The places of the bytes that `mark` marks, which may look at the byte before them too."""
    found = [
        np.flatnonzero(mark(text[max(start - 1, 0) : start + _BLOCK_BYTES])) + max(start - 1, 0)
        for start in range(0, len(text), _BLOCK_BYTES)
    ]
    return np.concatenate(found) if found else np.empty(0, np.int64)


def _rows_at(
    offsets: npt.NDArray[np.int32], positions: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    rows: npt.NDArray[np.int64] = np.searchsorted(offsets, positions, side="right") - 1
    return rows
