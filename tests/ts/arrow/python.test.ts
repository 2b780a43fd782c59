import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRows } from '../../../ts/arrow/decode.js';
import { compileEncoder, encodeRows } from '../../../ts/arrow/encode.js';
import { tableBody } from '../../../ts/arrow/table.js';
import type { WorkerPool } from '../../../ts/bridge/pool.js';
import { BUILT_IN } from '../../../ts/generated/records/index.js';
import { validateRows } from '../../../ts/schema/validate.js';
import { openPool } from '../../faults/support/pool.js';
import { layoutsWithRows, modelled } from './layouts.js';
import { cutTables } from './tables.js';

const user = { name: 'user', ...BUILT_IN.user };

const VALID = {
  id: 1,
  email: 'ann@example.org',
  name: 'Ann',
  created_at: '2024-01-01T00:00:00Z',
};

/** Rows of which some are valid, some break a rule, and some do not fit their columns. */
const rowsOfUsers = fc.array(
  fc
    .record(
      {
        id: fc.oneof(fc.integer(), fc.constantFrom('1', null, 1.5)),
        email: fc.oneof(fc.emailAddress(), fc.string()),
        name: fc.oneof(fc.string({ unit: 'grapheme', minLength: 1 }), fc.constantFrom('', null, 3)),
        age: fc.oneof(fc.integer({ min: -5, max: 200 }), fc.constantFrom('old', true)),
        created_at: fc.oneof(
          fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
          fc.constant('yesterday'),
        ),
        is_active: fc.oneof(fc.boolean(), fc.constant('yes')),
        tags: fc.array(fc.oneof(fc.constantFrom('a', 'b'), fc.constant(null)), { maxLength: 3 }),
        extra: fc.jsonValue({ maxDepth: 1 }),
      },
      { requiredKeys: [], noNullPrototype: true },
    )
    .chain((changes) => fc.subarray(Object.entries(changes), { maxLength: 2 }))
    .map((changes): Record<string, unknown> => ({ ...VALID, ...Object.fromEntries(changes) })),
  { maxLength: 40 },
);

interface Judged {
  valid: number;
  invalid: number;
  truncated: boolean;
  invalid_indices: number[];
}

async function judge(pool: WorkerPool, rows: readonly unknown[], maxErrors = 1000) {
  const { value, body } = await pool.call<Judged>(
    'validate_rows',
    { schema: 'user', first_index: 100, max_errors: maxErrors },
    { body: encodeRows(user.layout, rows) },
  );
  const errors = JSON.parse(Buffer.from(body ?? '[]').toString()) as unknown[];
  return { ...value, errors };
}

describe('rows that pyarrow reads', () => {
  it('are those that were written, of the types of the layout', async () => {
    const { pool } = await openPool({ worker: 'rows.py' });
    await fc.assert(
      fc.asyncProperty(rowsOfUsers, async (rows) => {
        const body = encodeRows(user.layout, rows);
        const { value } = await pool.call<{ types: string[]; rows: unknown[] }>(
          'read_rows',
          {},
          { body },
        );
        expect(value.rows).toEqual(decodeRows(body));
        expect(value.types).toEqual([
          ...['int64', 'string', 'string', 'int64', 'string', 'bool'],
          ...['list<item: string>', 'string'],
        ]);
      }),
      { numRuns: 50 },
    );
  });
});

describe('whatever pyarrow reads', () => {
  it('is what a model of the layout has of rows, of any layout', async () => {
    const { pool } = await openPool({ worker: 'rows.py' });
    await fc.assert(
      fc.asyncProperty(layoutsWithRows, async ([layout, rows]) => {
        const body = compileEncoder(layout).body(rows);
        const { value } = await pool.call<{ rows: unknown[] }>('read_rows', {}, { body });
        // As JSON, in which -0 is 0.
        const expected = rows.map((row) => modelled(layout, row));
        expect(JSON.stringify(value.rows)).toBe(JSON.stringify(expected));
      }),
      { numRuns: 100 },
    );
  });

  it('is what stands in a table, cut anywhere', async () => {
    const { pool } = await openPool({ worker: 'rows.py' });
    await fc.assert(
      fc.asyncProperty(cutTables, async ([table, rows]) => {
        const body = tableBody(table);
        const { value } = await pool.call<{ rows: unknown[] }>('read_rows', {}, { body });
        expect(JSON.stringify(value.rows)).toBe(JSON.stringify(rows));
      }),
      { numRuns: 100 },
    );
  });
});

describe('rows that Python judges', () => {
  it('get the verdict and the error records that Zod gives them', async () => {
    const { pool } = await openPool();
    await fc.assert(
      fc.asyncProperty(rowsOfUsers, async (rows) => {
        const zod = validateRows(user, rows, { maxErrors: 1000, firstIndex: 100 });
        const python = await judge(pool, rows);
        expect(python.errors).toEqual(zod.errors);
        expect(python).toMatchObject({
          valid: rows.length - zod.invalid,
          invalid: zod.invalid,
          truncated: false,
          invalid_indices: rows.flatMap((_, index) => (zod.valid[index] ? [] : [100 + index])),
        });
      }),
      { numRuns: 50 },
    );
  });

  it('are counted exactly when there are more errors than were asked for', async () => {
    const { pool } = await openPool();
    const rows = Array.from({ length: 10 }, (_, index) => ({ ...VALID, id: index % 2 }));
    expect(await judge(pool, rows, 5)).toMatchObject({ invalid: 5, truncated: false });
    const cut = await judge(pool, rows, 4);
    expect(cut).toMatchObject({ valid: 5, invalid: 5, truncated: true });
    expect(cut.errors).toHaveLength(4);
  });

  it('cannot be judged by a schema that does not exist', async () => {
    const { pool } = await openPool();
    const params = { schema: 'usr', first_index: 0, max_errors: 1 };
    await expect(
      pool.call('validate_rows', params, { body: encodeRows(user.layout, []) }),
    ).rejects.toMatchObject({ code: 'SCHEMA_NOT_FOUND', params: { name: 'usr' } });
    await expect(pool.call('validate_rows', { ...params, schema: 'user' })).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
    });
  });
});
