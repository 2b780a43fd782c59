import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LinearExpression } from '../../../ts/schema/linear-expression.js';

/** Patterns in the portable form over a few characters, so that they match now and then. */
const patterns = fc.letrec<{ choice: string; sequence: string; term: string; atom: string }>(
  (tie) => ({
    choice: fc.array(tie('sequence'), { minLength: 1, maxLength: 3 }).map((all) => all.join('|')),
    sequence: fc.array(tie('term'), { maxLength: 4 }).map((all) => all.join('')),
    term: fc.oneof(
      { weight: 6, arbitrary: tie('atom') },
      { weight: 1, arbitrary: fc.constantFrom('^', '$') },
      {
        weight: 3,
        arbitrary: fc
          .tuple(tie('atom'), fc.constantFrom('*', '+', '?', '{2}', '{1,}', '{0,2}', '{1,3}'))
          .map((parts) => parts.join('')),
      },
    ),
    atom: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom('a', 'b', '😀', '[ab]', '[^a]', '[a-c]', '\\.', '[\\-a]'),
      tie('choice').map((inner) => `(?:${inner})`),
    ),
  }),
).choice;

const texts = fc
  .array(fc.constantFrom('a', 'b', 'c', '😀', '.', '-', '\n'), { maxLength: 8 })
  .map((all) => all.join(''));

describe('a linear expression', () => {
  it('finds what JavaScript finds', () => {
    fc.assert(
      fc.property(patterns, fc.array(texts, { minLength: 1, maxLength: 5 }), (pattern, given) => {
        const own = new LinearExpression(pattern);
        const theirs = new RegExp(pattern, 'u');
        for (const text of given) expect(own.test(text), text).toBe(theirs.test(text));
      }),
      { numRuns: 1500 },
    );
  });

  it('reads characters by their numbers', () => {
    expect(new LinearExpression('^\\x{1F600}[\\x{0}-\\x{1F}]$').test('😀\u0007')).toBe(true);
  });

  it('is not held up by a long text', () => {
    const begun = performance.now();
    expect(new LinearExpression('^(?:a+)+$').test(`${'a'.repeat(1_000_000)}!`)).toBe(false);
    expect(new LinearExpression('(?:a|b)*c.{3}$').test('ab'.repeat(500_000))).toBe(false);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  it('stays small when a text leads it to ever new states', () => {
    const expression = new LinearExpression('a[ab]{40}c');
    let text = '';
    for (let at = 0; at < 20_000; at += 1) text += (at * 7919) % 13 < 6 ? 'a' : 'b';
    expect(expression.test(text)).toBe(false);
    expect(expression.test(`${text}a${'b'.repeat(40)}c`)).toBe(true);
  });
});
