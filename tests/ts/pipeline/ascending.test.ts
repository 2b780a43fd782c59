import fc from 'fast-check';
import { expect, it } from 'vitest';
import { difference, union } from '../../../ts/pipeline/ascending.js';

const ascending = fc
  .uniqueArray(fc.nat({ max: 30 }))
  .map((numbers) => numbers.sort((one, other) => one - other));

it('difference and union of ascending lists are those of sets', () => {
  fc.assert(
    fc.property(ascending, ascending, (list, other) => {
      const lacking = list.filter((one) => !other.includes(one));
      expect(difference(list, other)).toEqual(lacking);
      expect(union(list, other)).toEqual([...new Set([...list, ...other])].sort((a, b) => a - b));
    }),
  );
});
