import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Ranges } from '../../../ts/bridge/ranges.js';

const UNITS = 64;

/** The same by the plainest means: one flag a unit. */
class Model {
  readonly units = new Array<boolean>(UNITS).fill(false);

  take(length: number): number | undefined {
    for (let offset = 0; offset + length <= UNITS; offset += 1) {
      if (!this.units.slice(offset, offset + length).includes(true)) {
        this.set(offset, length, true);
        return offset;
      }
    }
    return undefined;
  }

  set(offset: number, length: number, taken: boolean): void {
    this.units.fill(taken, offset, offset + length);
  }

  get free(): { offset: number; length: number }[] {
    const ranges: { offset: number; length: number }[] = [];
    this.units.forEach((taken, unit) => {
      const last = ranges.at(-1);
      if (taken) return;
      if (last && last.offset + last.length === unit) last.length += 1;
      else ranges.push({ offset: unit, length: 1 });
    });
    return ranges;
  }
}

const step = fc.oneof(
  fc.record({ take: fc.integer({ min: 1, max: 20 }) }),
  fc.record({ give: fc.nat(30) }),
  fc.record({ trim: fc.nat(30), to: fc.integer({ min: 1, max: 20 }) }),
);

describe('the ranges of a memory', () => {
  it('are taken as by the plainest allocator, never overlap, and join when they are given back', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const ranges = new Ranges({ offset: 0, length: UNITS });
        const model = new Model();
        const held: { offset: number; length: number }[] = [];
        for (const action of steps) {
          if ('take' in action) {
            const offset = ranges.take(action.take);
            expect(offset).toBe(model.take(action.take));
            if (offset !== undefined) held.push({ offset, length: action.take });
          } else if ('give' in action) {
            const [range] = held.splice(action.give % Math.max(held.length, 1), 1);
            if (range === undefined) continue;
            ranges.give(range.offset);
            model.set(range.offset, range.length, false);
          } else {
            const range = held[action.trim % Math.max(held.length, 1)];
            if (range === undefined || action.to > range.length) continue;
            ranges.trim(range.offset, action.to);
            model.set(range.offset + action.to, range.length - action.to, false);
            range.length = action.to;
          }
          expect(ranges.free).toEqual(model.free);
          expect(ranges.size).toBe(held.length);
        }
        for (const { offset } of held) ranges.give(offset);
        expect(ranges.free).toEqual([{ offset: 0, length: UNITS }]);
      }),
    );
  });

  it('cannot be given back or trimmed where none is taken', () => {
    const ranges = new Ranges({ offset: 0, length: UNITS });
    expect(() => ranges.give(8)).toThrow('no taken range starts at 8');
    expect(() => ranges.trim(8, 1)).toThrow('no taken range starts at 8');
  });
});
