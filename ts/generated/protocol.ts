// Generated from shared-schemas/wire/protocol.json by `npm run generate`; do not edit.

/**
 * Constants of the frames between Node and a Python worker. Generated into both languages;
 * docs/lifecycle.md draws their use. Integers are little-endian.
 */
export const PROTOCOL = {
  version: 1,
  magic: 1179407429,
  prefixBytes: 16,
  maxHeaderBytes: 8388608,
  maxInlineBodyBytes: 67108864,
  inlineThresholdBytes: 32768,
  arenaBytes: 33554432,
  slotAlignmentBytes: 64,
  requestArenaFd: 3,
  replyArenaFd: 4,
  maxLogLineBytes: 8192,
} as const;
