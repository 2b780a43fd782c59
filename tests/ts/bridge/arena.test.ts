import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestArena } from '../../../ts/bridge/arena.js';

const SIZE = 4096;

describe('the request arena', () => {
  it('gives slots that are aligned and never overlap, and keeps what they hold', () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ put: fc.integer({ min: 0, max: 900 }) }),
        fc.record({ free: fc.nat(20) }),
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(steps, (sequence) => {
        const memory = new Uint8Array(SIZE);
        const arena = new RequestArena(memory);
        const held: { offset: number; body: Uint8Array }[] = [];
        sequence.forEach((step, index) => {
          if ('put' in step) {
            const body = new Uint8Array(step.put).fill(index + 1);
            const offset = arena.put(body);
            if (offset !== undefined) held.push({ offset, body });
          } else {
            const [slot] = held.splice(step.free % Math.max(held.length, 1), 1);
            if (slot) arena.free(slot.offset);
          }
          for (const { offset, body } of held) {
            expect(offset % 64).toBe(0);
            expect(memory.subarray(offset, offset + body.length)).toEqual(body);
          }
          expect(arena.slots).toBe(held.length);
        });
        for (const { offset } of held) arena.free(offset);
        expect(arena.put(new Uint8Array(SIZE))).toBe(0);
      }),
    );
  });

  it('says when there is no room', () => {
    const arena = new RequestArena(new Uint8Array(SIZE));
    expect(arena.put(new Uint8Array(SIZE + 1))).toBeUndefined();
    expect(arena.put(new Uint8Array(SIZE))).toBe(0);
    expect(arena.put(new Uint8Array(1))).toBeUndefined();
  });

  it('refuses to free what is not taken', () => {
    const arena = new RequestArena(new Uint8Array(SIZE));
    expect(() => arena.free(64)).toThrow(/no slot starts at 64/);
  });
});
