import { describe, expect, it } from 'vitest';
import { FrameError } from '../../../ts/bridge/frames.js';
import {
  BodyCorruptError,
  openSlot,
  sealSlot,
  slotBytes,
  slotRange,
} from '../../../ts/bridge/slot.js';
import { PROTOCOL } from '../../../ts/generated/protocol.js';

const SIZE = 65_536;
const SLOT = { offset: 4096 + 64, length: 20_000, generation: 7 };
const LAST = SLOT.offset + SLOT.length - 1;

/** An arena with one sealed slot. */
function arenaWithSlot(): Uint8Array {
  const arena = new Uint8Array(SIZE);
  arena.fill(5, SLOT.offset, SLOT.offset + SLOT.length);
  sealSlot(arena, SLOT);
  return arena;
}

describe('a slot', () => {
  it('shows the body where it lies', () => {
    const arena = arenaWithSlot();
    const body = openSlot(arena, SLOT);
    expect(body.buffer).toBe(arena.buffer);
    expect([body.byteOffset, body.length]).toEqual([SLOT.offset, SLOT.length]);
  });

  it('says what its body is in a header of little-endian words before it', () => {
    const header = Buffer.from(arenaWithSlot().buffer, SLOT.offset - 64, 16);
    expect(header.readUInt32LE(0)).toBe(PROTOCOL.slotMagic);
    expect(header.readUInt32LE(4)).toBe(7);
    expect(header.readUInt32LE(8)).toBe(20_000);
    // zlib.crc32 of Python over the same bytes.
    expect(header.readUInt32LE(12)).toBe(0xc5e5dcf2);
  });

  it.each([
    ['magic', SLOT.offset - 64],
    ['generation', SLOT.offset - 60],
    ['length', SLOT.offset - 56],
    ['checksum', SLOT.offset - 52],
    ['first byte', SLOT.offset],
    ['end of the first sample', SLOT.offset + PROTOCOL.slotSampleBytes - 1],
    ['start of the last sample', LAST - PROTOCOL.slotSampleBytes + 1],
    ['last byte', LAST],
  ])('that is damaged is not read: %s', (_, at) => {
    const arena = arenaWithSlot();
    arena[at] = (arena[at] ?? 0) ^ 0x40;
    expect(() => openSlot(arena, SLOT)).toThrow(BodyCorruptError);
  });

  it('that holds another body than the frame speaks of is not read, and says what it holds', () => {
    const arena = arenaWithSlot();
    const stale = { ...SLOT, generation: 6 };
    expect(() => openSlot(arena, stale)).toThrow(/20000 bytes of generation 7 .*generation 6/);
  });

  it('outside the arena is a garbled frame', () => {
    const arena = arenaWithSlot();
    for (const place of [{ offset: 0 }, { offset: SIZE - 1, length: 2 }, { offset: SIZE * 2 }]) {
      expect(() => openSlot(arena, { ...SLOT, ...place })).toThrow(FrameError);
    }
  });

  it('takes whole pages, and its body begins one', () => {
    const { offset, length } = slotRange(PROTOCOL.arenaBytes);
    expect(offset + PROTOCOL.slotHeaderBytes).toBe(PROTOCOL.arenaPageBytes);
    expect(offset + length).toBeLessThanOrEqual(PROTOCOL.arenaBytes);
    expect([0, 4032, 4033].map(slotBytes)).toEqual([4096, 4096, 8192]);
  });
});
