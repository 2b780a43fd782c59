import { messageOf } from '../errors.js';
import { PROTOCOL } from '../generated/protocol.js';
import { Blocks } from './blocks.js';
import { type Body, capacityOf, writeBody } from './body.js';
import type { BlockBudget } from './budget.js';
import type { SharedMemory } from './memory.js';
import { type Range, Ranges } from './ranges.js';
import { type Slot, sealSlot, slotBytes, slotRange } from './slot.js';

const MAX_GENERATION = 0xffff_ffff;

/**
 * The arena that this process writes and a worker reads: one slot a body.
 *
 * A slot is taken from `put` until `free`: as long as the worker, or this process, reads it.
 */
export class RequestArena {
  readonly #memory: SharedMemory;
  readonly #ranges: Ranges;
  readonly #blocks: Blocks;
  #generation = 0;
  #isClosed = false;
  #refusal: string | undefined;

  constructor(memory: SharedMemory, budget: BlockBudget) {
    this.#memory = memory;
    this.#ranges = new Ranges(slotRange(memory.length));
    this.#blocks = new Blocks(memory, budget, () => this.#ranges.free);
  }

  /** How many slots are taken. */
  get slots(): number {
    return this.#ranges.size;
  }

  /** Why the last body found no room, or undefined when it did. */
  get refusal(): string | undefined {
    return this.#refusal;
  }

  /** Writes a body into a slot; undefined when there is no room, or no memory, for it. */
  put(body: Body): Slot | undefined {
    for (;;) {
      const range = this.#reserve(slotBytes(capacityOf(body)));
      if (range === undefined) return undefined;
      const slot = this.#write(body, range);
      if (slot !== undefined) return slot;
    }
  }

  /** Gives the slot whose body begins at `offset` back. */
  free(offset: number): void {
    this.#ranges.give(offset - PROTOCOL.slotHeaderBytes);
    if (this.#isClosed) this.#giveMemoryBack();
  }

  /** The body of a slot that is taken, where it lies. */
  bodyOf({ offset, length }: Pick<Slot, 'offset' | 'length'>): Uint8Array {
    return this.#memory.bytes.subarray(offset, offset + length);
  }

  /**
   * Gives all memory back, that of slots which are still taken when they are freed; the worker must
   * be gone, or must never have mapped it.
   */
  close(): void {
    this.#isClosed = true;
    this.#giveMemoryBack();
  }

  #giveMemoryBack(): void {
    if (this.#ranges.size > 0) {
      this.#blocks.trim();
      return;
    }
    this.#blocks.close();
    this.#memory.close();
  }

  #reserve(length: number): Range | undefined {
    const offset = this.#ranges.take(length);
    this.#refusal = offset === undefined ? 'the arena is full' : this.#allocate({ offset, length });
    if (offset === undefined) return undefined;
    if (this.#refusal === undefined) return { offset, length };
    this.#ranges.give(offset);
    return undefined;
  }

  /** Has the system provide a range; why it could not. */
  #allocate(range: Range): string | undefined {
    try {
      return this.#blocks.ensure(range) ? undefined : 'the memory limit is reached';
    } catch (error) {
      return messageOf(error);
    }
  }

  /** Writes a slot; gives its range back when the body needs a longer one. */
  #write(body: Body, range: Range): Slot | undefined {
    const offset = range.offset + PROTOCOL.slotHeaderBytes;
    let length: number | undefined;
    try {
      const target = this.#memory.bytes.subarray(offset, range.offset + range.length);
      length = writeBody(body, target);
    } finally {
      if (length === undefined) this.#ranges.give(range.offset);
    }
    if (length === undefined) return undefined;
    this.#ranges.trim(range.offset, slotBytes(length));
    this.#generation = this.#generation === MAX_GENERATION ? 1 : this.#generation + 1;
    const slot = { offset, length, generation: this.#generation };
    sealSlot(this.#memory.bytes, slot);
    return slot;
  }
}
