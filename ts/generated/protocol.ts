// Generated from shared-schemas/wire/protocol.json by `npm run generate`; do not edit.

/**
 * Constants of the frames between Node and a Python worker. Generated into both languages;
 * docs/bridge.md draws their use. Integers are little-endian.
 */
export const PROTOCOL = {
  version: 2,
  magic: 1179407429,
  prefixBytes: 16,
  maxHeaderBytes: 8388608,
  maxInlineBodyBytes: 67108864,
  inlineThresholdBytes: 32768,
  arenaBytes: 2147483648,
  arenaBlockBytes: 4194304,
  arenaPageBytes: 4096,
  slotMagic: 1953459283,
  slotHeaderBytes: 64,
  slotAlignmentBytes: 64,
  slotSampleBytes: 4096,
  streamCreditChunks: 4,
  requestArenaFd: 3,
  replyArenaFd: 4,
  maxLogLineBytes: 8192,
} as const;
