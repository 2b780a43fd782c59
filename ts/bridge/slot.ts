import { crc32 } from 'node:zlib';
import { PROTOCOL } from '../generated/protocol.js';
import { FrameError } from './frames.js';
import type { Range } from './ranges.js';

/** A body in an arena, as a frame names it: `offset` is the body's, its header lies before it. */
export interface Slot {
  offset: number;
  length: number;
  /** The writer's count of slots, never 0: the same place under another number is another body. */
  generation: number;
}

/** What lies in a slot is not what its frame speaks of. Nothing of it may be used. */
export class BodyCorruptError extends Error {
  override readonly name = 'BodyCorruptError';
}

const { arenaPageBytes, slotMagic, slotHeaderBytes, slotSampleBytes } = PROTOCOL;
/** What of the header the checksum covers: all that stands before it. */
const CHECKED_HEADER_BYTES = 12;

/**
 * Where the first slot begins, and how much of an arena slots can take.
 *
 * Every body begins a page, with its header at the end of the page before: the quickest of the C
 * library's ways to copy hundreds of megabytes is not taken when the target lies a little further
 * in its page than the source, and sources mostly begin a page themselves.
 */
export function slotRange(arenaBytes: number): Range {
  const offset = arenaPageBytes - slotHeaderBytes;
  return { offset, length: Math.floor((arenaBytes - offset) / arenaPageBytes) * arenaPageBytes };
}

/** How many bytes of an arena a body of that length takes, with its header: whole pages. */
export function slotBytes(bodyLength: number): number {
  return Math.ceil((slotHeaderBytes + bodyLength) / arenaPageBytes) * arenaPageBytes;
}

/** Writes the header before a body that is already there. */
export function sealSlot(arena: Uint8Array, slot: Slot): void {
  const header = headerOf(arena, slot);
  header.setUint32(0, slotMagic, true);
  header.setUint32(4, slot.generation, true);
  header.setUint32(8, slot.length, true);
  header.setUint32(12, checksum(arena, slot), true);
}

/**
 * The body of a slot, uncopied, once its header and its checksum are found to be right.
 *
 * @throws FrameError when the slot lies outside the arena; BodyCorruptError when it holds something
 *   else than the frame says.
 */
export function openSlot(arena: Uint8Array, slot: Slot): Uint8Array {
  const { offset, length, generation } = slot;
  if (offset < slotHeaderBytes || offset + length > arena.length) {
    throw new FrameError(`a body outside the arena: ${offset}+${length}`);
  }
  const header = headerOf(arena, slot);
  const found = [header.getUint32(0, true), header.getUint32(4, true), header.getUint32(8, true)];
  if (found[0] !== slotMagic || found[1] !== generation || found[2] !== length) {
    throw new BodyCorruptError(
      `its slot holds ${found[2]} bytes of generation ${found[1]} (magic ${found[0]}), ` +
        `not ${length} bytes of generation ${generation} (magic ${slotMagic})`,
    );
  }
  if (header.getUint32(12, true) !== checksum(arena, slot)) {
    throw new BodyCorruptError('its checksum does not match');
  }
  return arena.subarray(offset, offset + length);
}

function headerOf(arena: Uint8Array, { offset }: Slot): DataView {
  const start = arena.byteOffset + offset - slotHeaderBytes;
  return new DataView(arena.buffer, start, slotHeaderBytes);
}

/** Over the header and both ends of the body; over all of it would cost as much as reading it. */
function checksum(arena: Uint8Array, { offset, length }: Slot): number {
  const start = offset - slotHeaderBytes;
  const end = offset + length;
  const header = arena.subarray(start, start + CHECKED_HEADER_BYTES);
  const first = arena.subarray(offset, Math.min(offset + slotSampleBytes, end));
  const last = arena.subarray(Math.max(offset, end - slotSampleBytes), end);
  return crc32(last, crc32(first, crc32(header)));
}
