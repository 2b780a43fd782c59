# Generated from shared-schemas/wire/protocol.json by `npm run generate`; do not edit.
"""Constants of the frames between Node and a Python worker. Generated into both languages;
docs/bridge.md draws their use. Integers are little-endian.
"""

from __future__ import annotations

VERSION = 2
MAGIC = 1179407429
PREFIX_BYTES = 16
MAX_HEADER_BYTES = 8388608
MAX_INLINE_BODY_BYTES = 67108864
INLINE_THRESHOLD_BYTES = 32768
ARENA_BYTES = 2147483648
ARENA_BLOCK_BYTES = 4194304
ARENA_PAGE_BYTES = 4096
SLOT_MAGIC = 1953459283
SLOT_HEADER_BYTES = 64
SLOT_ALIGNMENT_BYTES = 64
SLOT_SAMPLE_BYTES = 4096
STREAM_CREDIT_CHUNKS = 4
REQUEST_ARENA_FD = 3
REPLY_ARENA_FD = 4
MAX_LOG_LINE_BYTES = 8192
