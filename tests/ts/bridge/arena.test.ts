import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestArena } from '../../../ts/bridge/arena.js';
import type { WritableBody } from '../../../ts/bridge/body.js';
import { BlockBudget } from '../../../ts/bridge/budget.js';
import { openSlot, type Slot } from '../../../ts/bridge/slot.js';
import { PROTOCOL } from '../../../ts/generated/protocol.js';
import { HeapMemory } from './heap-memory.js';

const SIZE = 2 ** 16;
/** The longest body that an arena of that size takes. */
const LARGEST = SIZE - 4096 - 64;
const BLOCK = PROTOCOL.arenaBlockBytes;
const UNLIMITED = Number.MAX_SAFE_INTEGER;

function arenaOf(size: number, limit = UNLIMITED) {
  const memory = new HeapMemory(size);
  return { memory, arena: new RequestArena(memory, new BlockBudget(limit)) };
}

/** A body that learns only as it writes how long it is. */
function growing(bytes: Uint8Array, capacity: number): WritableBody & { asked: number[] } {
  const body = {
    capacity,
    asked: [] as number[],
    write(target: Uint8Array) {
      body.asked.push(target.length);
      if (bytes.length > target.length) {
        body.capacity *= 2;
        return undefined;
      }
      target.set(bytes);
      return bytes.length;
    },
  };
  return body;
}

describe('the request arena', () => {
  it('gives slots that are aligned and never overlap, and keeps what they hold', () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ put: fc.integer({ min: 0, max: 14_000 }) }),
        fc.record({ free: fc.nat(20) }),
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(steps, (sequence) => {
        const { memory, arena } = arenaOf(SIZE);
        const held: { slot: Slot; body: Uint8Array }[] = [];
        const generations = new Set<number>();
        sequence.forEach((step, index) => {
          if ('put' in step) {
            const body = new Uint8Array(step.put).fill(index + 1);
            const slot = arena.put(body);
            if (slot === undefined) return;
            expect(generations).not.toContain(slot.generation);
            generations.add(slot.generation);
            held.push({ slot, body });
          } else {
            const [entry] = held.splice(step.free % Math.max(held.length, 1), 1);
            if (entry) arena.free(entry.slot.offset);
          }
          for (const { slot, body } of held) {
            expect(slot.offset % PROTOCOL.arenaPageBytes).toBe(0);
            expect(Buffer.compare(openSlot(memory.bytes, slot), body)).toBe(0);
          }
          expect(arena.slots).toBe(held.length);
        });
        for (const { slot } of held) arena.free(slot.offset);
        expect(arena.put(new Uint8Array(LARGEST))?.offset).toBe(4096);
      }),
    );
  });

  it('says when there is no room', () => {
    const { arena } = arenaOf(SIZE);
    expect(arena.put(new Uint8Array(LARGEST + 1))).toBeUndefined();
    expect(arena.refusal).toBe('the arena is full');
    expect(arena.put(new Uint8Array(LARGEST))).toBeDefined();
    expect(arena.refusal).toBeUndefined();
    expect(arena.put(new Uint8Array(1))).toBeUndefined();
  });

  it('refuses to free what is not taken', () => {
    expect(() => arenaOf(SIZE).arena.free(128)).toThrow('no taken range starts at 64');
  });

  it('has a body write itself where it is to lie, and takes only the room that it used', () => {
    const { memory, arena } = arenaOf(SIZE);
    const bytes = new Uint8Array(10_000).fill(3);
    const slot = arena.put(growing(bytes, 50_000));
    expect(slot && Buffer.compare(openSlot(memory.bytes, slot), bytes)).toBe(0);
    expect(arena.put(new Uint8Array(40_000))).toBeDefined();
  });

  it('gives a body more room when it finds that it needs more', () => {
    const { memory, arena } = arenaOf(SIZE);
    const bytes = new Uint8Array(10_000).fill(3);
    const body = growing(bytes, 4000);
    const slot = arena.put(body);
    expect(body.asked).toEqual([4032, 8128, 16_320]);
    expect(slot && Buffer.compare(openSlot(memory.bytes, slot), bytes)).toBe(0);
    expect(arena.slots).toBe(1);
    expect(arena.put(growing(bytes, 100_000))).toBeUndefined();
  });

  it('keeps no slot for a body that fails to write itself', () => {
    const { arena } = arenaOf(SIZE);
    const failing = (write: WritableBody['write']) => () => arena.put({ capacity: 100, write });
    const fail = failing(() => {
      throw new Error('a row is no row');
    });
    expect(fail).toThrow('a row is no row');
    expect(failing(() => 10_000)).toThrow('says that it wrote 10000 bytes to 4032');
    expect(failing(() => undefined)).toThrow('found 4032 bytes too few but asks for 100');
    expect(arena.slots).toBe(0);
  });

  it('allocates memory when a slot first needs it, and keeps it', () => {
    const { memory, arena } = arenaOf(8 * BLOCK);
    expect(memory.asked).toEqual([]);
    const slot = arena.put(new Uint8Array(100));
    arena.put(new Uint8Array(2 * BLOCK));
    expect(memory.asked).toEqual([`allocate 0+${BLOCK}`, `allocate ${BLOCK}+${2 * BLOCK}`]);
    arena.free(slot?.offset ?? 0);
    arena.put(new Uint8Array(100));
    expect(memory.asked).toHaveLength(2);
  });

  it('takes no room when the system has no memory, and tries again the next time', () => {
    const { memory, arena } = arenaOf(8 * BLOCK);
    memory.available = BLOCK;
    expect(arena.put(new Uint8Array(BLOCK))).toBeUndefined();
    expect([arena.slots, arena.refusal]).toEqual([0, 'posix_fallocate: ENOSPC']);
    expect(arena.put(new Uint8Array(100))?.offset).toBe(4096);
    memory.available = BLOCK;
    expect(arena.put(new Uint8Array(BLOCK))).toBeDefined();
  });

  it('gives everything back when it is closed', () => {
    const { memory, arena } = arenaOf(8 * BLOCK);
    arena.free(arena.put(new Uint8Array(100))?.offset ?? 0);
    arena.close();
    expect(memory.asked.slice(1)).toEqual([`discard 0+${8 * BLOCK}`, 'close']);
  });

  it('gives the memory of slots that are read when it is closed back when they are freed', () => {
    const { memory, arena } = arenaOf(8 * BLOCK);
    const slots = [BLOCK, BLOCK, 3 * BLOCK].map((length, at) => {
      return arena.put(new Uint8Array(length).fill(at + 1)) as Slot;
    });
    const [first, second, third] = slots as [Slot, Slot, Slot];
    arena.free(third.offset);
    memory.asked.splice(0);
    arena.close();
    expect(memory.asked).toEqual([`discard ${3 * BLOCK}+${3 * BLOCK}`]);
    arena.free(first.offset);
    const left = openSlot(memory.bytes, second);
    expect(Buffer.compare(left, new Uint8Array(BLOCK).fill(2))).toBe(0);
    arena.free(second.offset);
    expect(memory.asked.slice(-2)).toEqual([`discard 0+${8 * BLOCK}`, 'close']);
  });
});
