import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestArena } from '../../../ts/bridge/arena.js';
import { BlockBudget } from '../../../ts/bridge/budget.js';
import { openSlot, type Slot } from '../../../ts/bridge/slot.js';
import { PROTOCOL } from '../../../ts/generated/protocol.js';
import { HeapMemory } from './heap-memory.js';

const BLOCK = PROTOCOL.arenaBlockBytes;

/** Arenas of 5 blocks that share a limit. */
function arenasUnder(limit: number, count = 2) {
  const budget = new BlockBudget(limit);
  const memories = Array.from({ length: count }, () => new HeapMemory(5 * BLOCK));
  const arenas = memories.map((memory) => new RequestArena(memory, budget));
  return { budget, memories, arenas };
}

/** A body that takes so many blocks of an empty arena. */
const blocks = (count: number): Uint8Array => new Uint8Array(count * BLOCK - 4096 - 64);

describe('the memory of the arenas of a pool', () => {
  it('stays within its limit: an arena that grows makes the others discard what is free', () => {
    const { budget, memories, arenas } = arenasUnder(2 * BLOCK);
    const [first, second] = arenas as [RequestArena, RequestArena];
    const slot = first.put(blocks(3)) as Slot;
    expect(budget.allocated).toBe(3 * BLOCK);
    first.free(slot.offset);
    expect(budget.allocated).toBe(3 * BLOCK);
    expect(second.put(blocks(3))).toBeDefined();
    expect(memories[0]?.asked.at(-1)).toBe(`discard ${BLOCK}+${2 * BLOCK}`);
    expect(budget.allocated).toBe(4 * BLOCK);
  });

  it('is refused when all of it is in use, and there is room again later', () => {
    const { arenas } = arenasUnder(BLOCK);
    const [first, second] = arenas as [RequestArena, RequestArena];
    const slot = first.put(blocks(2)) as Slot;
    expect(second.put(blocks(2))).toBeUndefined();
    expect(second.refusal).toBe('the memory limit is reached');
    first.free(slot.offset);
    expect(second.put(blocks(2))).toBeDefined();
  });

  it('is refused where the system cannot take memory back', () => {
    const { memories, arenas } = arenasUnder(BLOCK);
    const [first, second] = arenas as [RequestArena, RequestArena];
    for (const memory of memories) memory.canDiscard = false;
    first.free((first.put(blocks(2)) as Slot).offset);
    expect(second.put(blocks(2))).toBeUndefined();
  });

  it('is counted right whatever comes, never discarded while in use, and all given back', () => {
    const step = fc.record({
      arena: fc.nat(2),
      put: fc.option(fc.integer({ min: 1, max: 3 * BLOCK })),
      free: fc.nat(10),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const { budget, memories, arenas } = arenasUnder(4 * BLOCK, 3);
        const held: { slot: Slot; arena: number }[] = [];
        for (const { arena, put, free } of steps) {
          if (put === null) {
            const [entry] = held.splice(free % Math.max(held.length, 1), 1);
            if (entry) arenas[entry.arena]?.free(entry.slot.offset);
          } else {
            const slot = arenas[arena]?.put({
              capacity: put,
              write: () => put,
            });
            if (slot) held.push({ slot, arena });
          }
          expect(budget.allocated).toBeLessThanOrEqual(7 * BLOCK);
          // What was discarded holds zeroes, and no header any more.
          for (const entry of held) {
            openSlot(memories[entry.arena]?.bytes as Uint8Array, entry.slot);
          }
        }
        for (const arena of arenas) arena.close();
        for (const { slot, arena } of held) {
          openSlot(memories[arena]?.bytes as Uint8Array, slot);
          arenas[arena]?.free(slot.offset);
        }
        expect(budget.allocated).toBe(0);
      }),
      { numRuns: 15 },
    );
  });
});
