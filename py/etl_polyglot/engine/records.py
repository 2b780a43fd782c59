"""Where the records of a chunk lie, and how a rejected one is described."""

import base64
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa

from etl_polyglot.schema.arrow import Array, pc
from etl_polyglot.schema.json_texts import json_texts

RAW_LIMIT = 64 * 1024
"""Bytes of a rejected record that are kept."""

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of whole records of a text source: the unit of parsing, parallelism and retry.

    Attributes:
        number: its place among the chunks, from 0.
        start: its byte offset in the source.
        end: the offset after its last byte.
        first_line: the physical line, from 1, on which it begins.
        data: its bytes; of an oversized chunk only the beginning.
        records: the extents of its records, where cutting it already found them.
        oversized: it is a single record, longer than a record may be.
    """

    number: int
    start: int
    end: int
    first_line: int
    data: bytes
    records: "Records | None" = None
    oversized: bool = False


@dataclass(frozen=True, slots=True)
class Records:
    """The extents of the records of a chunk, without their line ends.

    Attributes:
        starts: offsets within the chunk of each record's first byte.
        ends: offsets after each record's last byte.
        broken: why a record cannot be read, by its place in the chunk.
    """

    starts: Positions
    ends: Positions
    broken: dict[int, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.starts)


def too_long(limit: int) -> str:
    """What is expected of a record that has more bytes than it may."""
    return f"at most {limit} bytes"


class TextLocator:
    """Describes records of one chunk by line, byte offset and raw text.

    Parameters:
        chunk: the chunk.
        records: its extents.
    """

    def __init__(self, chunk: Chunk, records: Records) -> None:
        self._chunk = chunk
        self._records = records
        self._newlines = np.flatnonzero(np.frombuffer(chunk.data, np.uint8) == 0x0A)

    def describe(self, records: Positions) -> Array:
        """Say where records stand in the source and what they look like.

        Parameters:
            records: their places in the chunk, ascending.

        Returns:
            For each the text of the members `line` from 1, `byte_offset`, and `raw` (`raw_base64`
            where the bytes are not UTF-8); `raw_truncated` when more than `RAW_LIMIT` bytes were
            there.
        """
        starts, ends = self._records.starts[records], self._records.ends[records]
        lines = self._chunk.first_line + np.searchsorted(self._newlines, starts)
        return pc.binary_join_element_wise(
            '"line":',
            pa.array(lines).cast(pa.string()),
            ',"byte_offset":',
            pa.array(self._chunk.start + starts).cast(pa.string()),
            ",",
            _raw_members(self._chunk.data, starts, ends),
            "",
        )


def _raw_members(data: bytes, starts: Positions, ends: Positions) -> Array:
    extents = zip(starts.tolist(), ends.tolist(), strict=True)
    raw = [data[start : min(end, start + RAW_LIMIT + 1)] for start, end in extents]
    if raw and (ends - starts).max() <= RAW_LIMIT:
        try:
            texts = pa.array(raw, pa.binary()).cast(pa.string())
        except pa.ArrowInvalid:  # bytes that are not UTF-8
            pass
        else:
            return pc.binary_join_element_wise('"raw":', json_texts(texts), "")
    return pa.array(map(_raw_member, raw), pa.string())


def _raw_member(raw: bytes) -> str:
    truncated = len(raw) > RAW_LIMIT
    raw = raw[:RAW_LIMIT]
    text = _decode(raw, truncated)
    told: dict[str, Any] = (
        {"raw_base64": base64.b64encode(raw).decode("ascii")} if text is None else {"raw": text}
    )
    if truncated:
        told["raw_truncated"] = True
    return orjson.dumps(told)[1:-1].decode()


def _decode(raw: bytes, truncated: bool) -> str | None:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        # The cut may have gone through a character of up to four bytes.
        if truncated and error.start >= len(raw) - 3 and error.reason == "unexpected end of data":
            return raw[: error.start].decode("utf-8")
        return None
