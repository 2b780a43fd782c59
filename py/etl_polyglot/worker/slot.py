"""A slot of an arena: a body, and before it the header that says what it is."""

import struct
import zlib
from typing import NamedTuple

from etl_polyglot.generated.protocol import (
    ARENA_PAGE_BYTES,
    SLOT_HEADER_BYTES,
    SLOT_MAGIC,
    SLOT_SAMPLE_BYTES,
)

_CHECKED = struct.Struct("<3I")  # magic, generation, length: all that stands before the checksum
_CHECKSUM = struct.Struct("<I")


class Place(NamedTuple):
    """A body in an arena, as a frame names it.

    Attributes:
        offset: where the body begins; its header lies before it.
        length: the body's bytes.
        generation: the writer's count of slots, never 0: the same offset under another number is
            another body.
    """

    offset: int
    length: int
    generation: int


class BodyCorruptError(Exception):
    """What lies in a slot is not what its frame speaks of. Nothing of it may be used."""


def slot_range(arena_bytes: int) -> tuple[int, int]:
    """Where the first slot begins, and how many bytes slots can take.

    Every body begins a page, with its header at the end of the page before: copies to there are
    the quickest.
    """
    offset = ARENA_PAGE_BYTES - SLOT_HEADER_BYTES
    return offset, (arena_bytes - offset) // ARENA_PAGE_BYTES * ARENA_PAGE_BYTES


def slot_bytes(body_bytes: int) -> int:
    """How many bytes of an arena a body takes, with its header: whole pages."""
    return -(-(SLOT_HEADER_BYTES + body_bytes) // ARENA_PAGE_BYTES) * ARENA_PAGE_BYTES


def seal_slot(arena: memoryview, place: Place) -> None:
    """Write the header before a body that is already there."""
    start = place.offset - SLOT_HEADER_BYTES
    _CHECKED.pack_into(arena, start, SLOT_MAGIC, place.generation, place.length)
    _CHECKSUM.pack_into(arena, start + _CHECKED.size, _checksum(arena, place))


def check_slot(arena: memoryview, place: Place) -> None:
    """Make sure that a slot holds what its frame speaks of.

    Raises:
        ValueError: the slot lies outside the arena.
        BodyCorruptError: it holds something else.
    """
    offset, length, generation = place
    if offset < SLOT_HEADER_BYTES or offset + length > len(arena):
        raise ValueError(f"a body outside the arena: {offset}+{length}")
    start = offset - SLOT_HEADER_BYTES
    found = _CHECKED.unpack_from(arena, start)
    if found != (SLOT_MAGIC, generation, length):
        raise BodyCorruptError(
            f"its slot holds {found[2]} bytes of generation {found[1]} (magic {found[0]}), "
            f"not {length} bytes of generation {generation} (magic {SLOT_MAGIC})"
        )
    if _CHECKSUM.unpack_from(arena, start + _CHECKED.size) != (_checksum(arena, place),):
        raise BodyCorruptError("its checksum does not match")


def _checksum(arena: memoryview, place: Place) -> int:
    """Over the header and both ends of the body: all of it would cost as much as reading it."""
    offset, length, _ = place
    start, end = offset - SLOT_HEADER_BYTES, offset + length
    checksum = zlib.crc32(arena[start : start + _CHECKED.size])
    checksum = zlib.crc32(arena[offset : min(offset + SLOT_SAMPLE_BYTES, end)], checksum)
    return zlib.crc32(arena[max(offset, end - SLOT_SAMPLE_BYTES) : end], checksum)
