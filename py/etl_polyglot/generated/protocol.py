# Generated from shared-schemas/wire/protocol.json by `npm run generate`; do not edit.
"""Constants of the frames between Node and a Python worker. Generated into both languages;
docs/lifecycle.md draws their use. Integers are little-endian.
"""

from __future__ import annotations

VERSION = 1
MAGIC = 1179407429
PREFIX_BYTES = 16
MAX_HEADER_BYTES = 8388608
MAX_INLINE_BODY_BYTES = 67108864
INLINE_THRESHOLD_BYTES = 32768
ARENA_BYTES = 33554432
SLOT_ALIGNMENT_BYTES = 64
REQUEST_ARENA_FD = 3
REPLY_ARENA_FD = 4
MAX_LOG_LINE_BYTES = 8192
