import fc from 'fast-check';
import { expect, it } from 'vitest';
import { withJitter } from '../../../ts/bridge/recycle.js';

it('workers that started together are not due together, but within a fifth of the limit', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 40 }), (limit) => {
      const due = Array.from({ length: 8 }, () => withJitter({ calls: limit, memoryBytes: limit }));
      for (const { calls, memoryBytes } of due) {
        for (const own of [calls, memoryBytes]) {
          expect(own / limit).toBeGreaterThanOrEqual(0.8);
          expect(own / limit).toBeLessThanOrEqual(1.2);
        }
      }
      expect(new Set(due.map(({ calls }) => calls)).size).toBeGreaterThan(1);
    }),
  );
});
