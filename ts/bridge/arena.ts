import { PROTOCOL } from '../generated/protocol.js';

interface Range {
  offset: number;
  length: number;
}

/**
 * Slots in the arena that this process writes, first fit, each aligned for Arrow.
 *
 * A slot belongs to one call from `put` until the call is answered.
 */
export class RequestArena {
  readonly #bytes: Uint8Array;
  readonly #taken = new Map<number, number>();
  /** Sorted by offset, never adjacent. */
  readonly #free: Range[];

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#free = [{ offset: 0, length: bytes.length }];
  }

  /** How many slots are in use. */
  get slots(): number {
    return this.#taken.size;
  }

  /** Copies `body` into a slot and gives the slot's offset, or undefined when there is no room. */
  put(body: Uint8Array): number | undefined {
    const alignment = PROTOCOL.slotAlignmentBytes;
    const length = Math.max(Math.ceil(body.length / alignment), 1) * alignment;
    const index = this.#free.findIndex((range) => range.length >= length);
    const range = this.#free[index];
    if (range === undefined) return undefined;
    const { offset } = range;
    if (range.length === length) this.#free.splice(index, 1);
    else this.#free[index] = { offset: offset + length, length: range.length - length };
    this.#taken.set(offset, length);
    this.#bytes.set(body, offset);
    return offset;
  }

  /** Gives a slot back. */
  free(offset: number): void {
    const length = this.#taken.get(offset);
    if (length === undefined) throw new Error(`no slot starts at ${offset}`);
    this.#taken.delete(offset);
    const after = this.#free.findIndex((range) => range.offset > offset);
    const index = after === -1 ? this.#free.length : after;
    const range = { offset, length };
    const previous = this.#free[index - 1];
    const next = this.#free[index];
    const touchesNext = next !== undefined && offset + length === next.offset;
    if (touchesNext) range.length += next.length;
    if (previous !== undefined && previous.offset + previous.length === offset) {
      previous.length += range.length;
      if (touchesNext) this.#free.splice(index, 1);
    } else {
      this.#free.splice(index, touchesNext ? 1 : 0, range);
    }
  }
}
