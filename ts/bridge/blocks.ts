import { PROTOCOL } from '../generated/protocol.js';
import type { BlockBudget, BlockHolder } from './budget.js';
import type { SharedMemory } from './memory.js';
import type { Range } from './ranges.js';

const BLOCK = PROTOCOL.arenaBlockBytes;

/** Which blocks of a memory are allocated: a block is, from the first slot that needs it on. */
export class Blocks implements BlockHolder {
  readonly #memory: SharedMemory;
  readonly #budget: BlockBudget;
  readonly #free: () => Iterable<Readonly<Range>>;
  readonly #allocated: boolean[];

  /** @param free - The ranges in which no slot lies. */
  constructor(memory: SharedMemory, budget: BlockBudget, free: () => Iterable<Readonly<Range>>) {
    this.#memory = memory;
    this.#budget = budget;
    this.#free = free;
    this.#allocated = new Array<boolean>(Math.ceil(memory.length / BLOCK)).fill(false);
  }

  /**
   * Allocates what of a range is not allocated yet; false when the budget has no room for it.
   *
   * @throws Error when the system has no memory left.
   */
  ensure({ offset, length }: Range): boolean {
    const last = Math.ceil((offset + length) / BLOCK);
    for (const run of this.#runs(Math.floor(offset / BLOCK), last, false)) {
      if (!this.#budget.grow(this, run.length)) return false;
      try {
        this.#memory.allocate(run.offset, run.length);
      } catch (error) {
        this.#budget.shrink(run.length);
        throw error;
      }
      this.#mark(run, true);
    }
    return true;
  }

  /** Those that lie highest go first: slots lie as low as they can. */
  discardFree(bytes: number): number {
    let missing = Math.ceil(bytes / BLOCK) * BLOCK;
    for (const { offset, length } of [...this.#free()].reverse()) {
      const first = Math.ceil(offset / BLOCK);
      const last = Math.floor((offset + length) / BLOCK);
      for (const run of [...this.#runs(first, last, true)].reverse()) {
        const part = Math.min(run.length, missing);
        const end = { offset: run.offset + run.length - part, length: part };
        if (part > 0 && this.#memory.discard(end.offset, end.length)) {
          this.#mark(end, false);
          missing -= part;
        }
      }
    }
    return Math.ceil(bytes / BLOCK) * BLOCK - missing;
  }

  /** Gives all free blocks back. */
  trim(): void {
    this.#budget.shrink(this.discardFree(this.#memory.length));
  }

  /** The memory is no longer written: all of it is given back. */
  close(): void {
    this.#memory.discard(0, this.#memory.length);
    this.#budget.leave(this, this.#allocated.filter(Boolean).length * BLOCK);
    this.#allocated.fill(false);
  }

  /** The longest runs of blocks, of those from `first` to before `last`, in that state. */
  *#runs(first: number, last: number, allocated: boolean): Generator<Range> {
    let start = first;
    for (let block = first; block <= last; block += 1) {
      if (block < last && this.#allocated[block] === allocated) continue;
      if (block > start) yield { offset: start * BLOCK, length: (block - start) * BLOCK };
      start = block + 1;
    }
  }

  #mark({ offset, length }: Range, allocated: boolean): void {
    this.#allocated.fill(allocated, offset / BLOCK, (offset + length) / BLOCK);
  }
}
