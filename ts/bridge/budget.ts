import { PROTOCOL } from '../generated/protocol.js';

const BLOCK = PROTOCOL.arenaBlockBytes;

/** What can give memory back that it keeps warm. */
export interface BlockHolder {
  /** Discards free blocks, at least so many bytes of them if there are; how many it did. */
  discardFree(bytes: number): number;
}

/**
 * Bounds what the arenas of a pool have allocated together.
 *
 * An arena that must grow beyond the limit makes the others discard what they only keep warm.
 * Blocks are whole, so each arena may hold one that lies partly above the limit.
 */
export class BlockBudget {
  readonly #limit: number;
  readonly #holders = new Set<BlockHolder>();
  #allocated = 0;

  constructor(limitBytes: number) {
    this.#limit = Math.ceil(limitBytes / BLOCK) * BLOCK;
  }

  get allocated(): number {
    return this.#allocated;
  }

  /**
   * Accounts for `bytes` more of a holder's; false, and nothing is accounted for, when there is no
   * room for them even when all that is free is discarded.
   */
  grow(holder: BlockHolder, bytes: number): boolean {
    this.#holders.add(holder);
    const limit = this.#limit + this.#holders.size * BLOCK;
    for (const other of this.#holders) {
      const excess = this.#allocated + bytes - limit;
      if (excess <= 0) break;
      this.#allocated -= other.discardFree(excess);
    }
    if (this.#allocated + bytes > limit) return false;
    this.#allocated += bytes;
    return true;
  }

  shrink(bytes: number): void {
    this.#allocated -= bytes;
  }

  /** The holder is no more, and its `allocated` bytes with it. */
  leave(holder: BlockHolder, allocated: number): void {
    this.#holders.delete(holder);
    this.#allocated -= allocated;
  }
}
