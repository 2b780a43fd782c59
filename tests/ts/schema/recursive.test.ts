import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { compiledZod, validateRows } from '../../../ts/schema/validate.js';
import { compile } from './support.js';

const DEPTH = 60;
const number = { v: { type: 'integer' } };
const node = (member: object) => ({
  type: 'object',
  properties: { ...number, next: member },
  required: ['v'],
});
const self = { $ref: '#/$defs/node' };
const shapes = {
  plain: self,
  any: { anyOf: [self, { type: 'null' }] },
  one: { oneOf: [self, { type: 'null' }] },
  not: { not: { not: self } },
  all: { allOf: [self, {}] },
  if: { if: self, else: false },
  list: { type: 'array', items: self },
  contains: { type: 'array', contains: self },
  members: { type: 'object', additionalProperties: self },
  patterns: { type: 'object', patternProperties: { '^x': self } },
};
const wraps: Record<string, (inner: object) => unknown> = {
  list: (inner) => [inner],
  contains: (inner) => [inner],
  members: (inner) => ({ x: inner }),
  patterns: (inner) => ({ x: inner }),
};
const registry = await compile(
  Object.fromEntries(
    Object.entries(shapes).map(([name, member]) => [
      name,
      { type: 'object', ...self, $defs: { node: node(member) } },
    ]),
  ),
);

function deep(name: string, leaf: object): object {
  const wrap = wraps[name] ?? ((inner: object) => inner);
  let row = leaf;
  for (let level = 1; level < (name in wraps ? DEPTH / 2 : DEPTH); level += 1) {
    row = { v: 1, next: wrap(row) };
  }
  return row;
}

// What doubles at every level would not end within the time that a test has.
describe.each(Object.keys(shapes))('a schema within itself: %s', (name) => {
  const schema = registry.get(name);
  if (schema === undefined) throw new Error(`${name} was not compiled`);

  it('judges a value that is deep, good or bad at its end', () => {
    const rows = [deep(name, { v: 1 }), deep(name, { v: 'x' })];
    expect([...validateRows(schema, rows, { maxErrors: 10 }).valid]).toEqual([1, 0]);
    expect(rows.map((row) => schema.zod.safeParse(row).success)).toEqual([true, false]);
    const compiled = compiledZod(schema.zod);
    expect(rows.map((row) => compiled.safeParse(row).success)).toEqual([true, false]);
    expect(rows.map((row) => z.validate(compiled, row))).toEqual([true, false]);
  });
});
