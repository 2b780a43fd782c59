import { describe, expect, it } from 'vitest';
import type { EtlError } from '../../../ts/errors.js';
import { checkSteps, type Step, stepsOf } from '../../../ts/jobs/transformations.js';
import type { ColumnKind } from '../../../ts/schema/layout.js';
import type { RecordSchema } from '../../../ts/schema/registry.js';

const kinds: Record<string, ColumnKind> = { id: 'integer', name: 'string', tags: 'list' };
const schema = {
  layout: {
    columns: Object.entries(kinds).map(([name, kind]) => ({ name, kind })),
    closed: true,
  },
  document: { 'x-primary-key': ['id'] },
} as unknown as RecordSchema;

function refusals(steps: readonly Step[], known: RecordSchema | null = schema): string[] {
  try {
    checkSteps(steps, known ?? undefined);
  } catch (error) {
    const { code, errors } = error as EtlError;
    expect(code).toBe('INVALID_REQUEST');
    return errors.map(({ path, message }) => `${path} ${message}`);
  }
  return [];
}

const byName = (...aggregates: (Step & { type: 'aggregate' })['aggregates']): Step => ({
  type: 'aggregate',
  group_by: ['name'],
  aggregates,
});
const ROWS = { name: 'rows', function: 'count' } as const;

describe('steps', () => {
  it('are objects with their defaults, however they were written', () => {
    expect(stepsOf(['normalize', 'deduplicate', { type: 'deduplicate', keep: 'last' }])).toEqual([
      { type: 'normalize' },
      { type: 'deduplicate', keep: 'first' },
      { type: 'deduplicate', keep: 'last' },
    ]);
  });

  it('are taken when every column is there', () => {
    const step = byName(ROWS, { name: 'last', function: 'max', column: 'id' });
    expect(refusals([step, { type: 'deduplicate', key: ['last'] }, { type: 'normalize' }])).toEqual(
      [],
    );
  });

  it.each<[string, Step[], RegExp]>([
    ['an unknown key', [{ type: 'deduplicate', key: ['nme'] }], /0\/key\/0 is nme.*mean name\?/],
    [
      'an unknown column',
      [byName({ name: 'a', function: 'sum', column: 'amount' })],
      /0\/aggregates\/0\/column is amount.*there are id, name, tags/,
    ],
    [
      'a column that an aggregate has dropped',
      [byName(ROWS), { type: 'deduplicate', key: ['id'] }],
      /1\/key\/0 is id, and there is no such column here; there are name, rows/,
    ],
    ['a key of the schema that is dropped', [byName(ROWS), { type: 'deduplicate' }], /1 has the/],
    ['a sum of texts', [byName({ name: 'a', function: 'sum', column: 'name' })], /takes numbers/],
    ['an order of lists', [byName({ name: 'a', function: 'min', column: 'tags' })], /an order/],
    ['a function of nothing', [byName({ name: 'a', function: 'min' })], /is needed: min of what/],
    ['a name given twice', [byName(ROWS, ROWS)], /1\/name is rows, the name of another/],
    ['the name of a group', [byName({ ...ROWS, name: 'name' })], /0\/name is name/],
    ['validation of what are no records', [byName(ROWS), { type: 'validate' }], /1 cannot stand/],
  ])('are refused for %s', (_, steps, told) => {
    const found = refusals(steps);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(told);
  });

  it('are left to the engine where no schema says which columns there are', () => {
    const step = byName({ name: 'a', function: 'sum', column: 'any' });
    expect(refusals([{ type: 'deduplicate', key: ['x'] }, step], null)).toEqual([]);
  });
});
