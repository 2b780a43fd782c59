import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Table, vectorFromArray } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UserRecord } from '../../../ts/generated/records/user.js';
import { Pipeline } from '../../../ts/pipeline/pipeline.js';
import { temporaryFolder } from '../temporary-folder.js';
import { openPipeline } from './support/open.js';
import { BAD, NORMAL_USER, users } from './support/users.js';

/** The user's required columns, in types of their own. */
function userTable(ids: readonly number[]): Table {
  return new Table({
    id: vectorFromArray(Int32Array.from(ids)),
    email: vectorFromArray(ids.map((id) => `User${id}@EXAMPLE.com`)),
    name: vectorFromArray(ids.map((id) => ` Name  ${id}`)),
    created_at: vectorFromArray(ids.map(() => new Date('2024-01-01T00:00:00Z'))),
  });
}

let pipeline: Pipeline<UserRecord>;
const stateDir = mkdtempSync(join(tmpdir(), 'etl-test-'));

beforeAll(async () => {
  const settings = { ETL_STATE_DIR: stateDir };
  const transformations = ['normalize' as const];
  pipeline = await Pipeline.open({ schema: 'user', transformations, workers: 1, settings });
}, 60_000);
afterAll(async () => {
  await pipeline.close();
  rmSync(stateDir, { recursive: true });
});

const idsOf = (table: Table) => Array.from(table.getChild('id') ?? []).map(Number);

describe('a chunk of rows', () => {
  it('that is validated gives the valid objects themselves, and says what is wrong with the others', async () => {
    const [first, second, third] = users(3);
    const valid = await pipeline.validate([first, BAD, second, third]);
    expect(valid).toHaveLength(3);
    expect(valid[1]).toBe(second);
    expect(valid.errors.map(({ index, path }) => [index, path])).toEqual([
      [1, '/email'],
      [1, '/id'],
    ]);
    expect(valid.counts).toEqual({ read: 4, valid: 3, rejected: 1 });
    expect(JSON.parse(JSON.stringify(valid)), 'its properties are not among its rows').toEqual([
      first,
      second,
      third,
    ]);
  });

  it('lists so many errors, and counts them all', async () => {
    const brief = await openPipeline({ schema: 'user', maxErrors: 3 });
    const valid = await brief.validate([BAD, BAD, BAD]);
    expect(valid.errors).toHaveLength(3);
    expect(valid.errorsTruncated).toBe(true);
    expect(valid.counts.rejected).toBe(3);
  });

  it('is transformed to rows, which are built when they are read', async () => {
    const rows = users(20);
    const transformed = await pipeline.transform(await pipeline.validate(rows));
    expect(transformed).toHaveLength(20);
    expect(transformed.at(0)).toEqual(NORMAL_USER);
    expect(transformed.at(1)).not.toHaveProperty('age');
    expect(transformed.at(-1)).toEqual(transformed.toArray()[19]);
    expect(transformed.at(20)).toBeUndefined();
    transformed.release();
    expect(() => transformed.at(0)).toThrow('these rows were released');
    expect(() => transformed.toArray()).toThrow('these rows were released');
  });

  it('that was not validated before it is transformed is validated then, by both layers', async () => {
    const chunk = [...users(5), BAD, ...users(5)];
    const transformed = await pipeline.transform(chunk);
    const valid = await pipeline.validate(chunk);
    expect(transformed.errors).toEqual(valid.errors);
    expect(transformed.counts).toEqual(valid.counts);
    expect(transformed.toArray()).toEqual((await pipeline.transform(valid)).toArray());
  });

  it('comes back as it went in, whatever its values are, when nothing changes them', async () => {
    const orders = await openPipeline({ schema: 'order' });
    const line = { sku: 'AB-1', quantity: 2, unit_price: '12.5000' };
    const order = {
      order_id: 'AB-123456',
      customer_id: 7,
      ordered_at: '2024-01-01T00:00:00Z',
      status: 'paid',
      currency: 'EUR',
      lines: [{ ...line, discount_percent: 5 }, line],
      shipping: { name: 'Jane', country: 'NL' },
      total: 24.99,
      note: 'ä 🎈',
    };
    const { shipping: _, note: __, ...small } = order;
    const transformed = await orders.transform([order, small]);
    expect(transformed.errors).toEqual([]);
    expect(transformed.toArray()).toEqual([order, small]);

    const events = await openPipeline({ schema: 'event' });
    const event = {
      event_id: '0191e0f0-0000-7000-8000-000000000001',
      occurred_at: '2024-01-01T00:00:00Z',
      action: { type: 'purchase', order_id: 'AB-123456', amount: 1.5, currency: 'EUR' },
    };
    const judged = await events.transform([event]);
    expect(judged.errors).toEqual([]);
    expect(judged.toArray()).toEqual([event]);
  });
});

describe('a chunk that is an Arrow table', () => {
  it('is judged by its columns, cast to the types of the schema, and stays a table', async () => {
    const table = userTable([1, 0, 3]);
    const valid = await pipeline.validate(table);
    expect(idsOf(valid)).toEqual([1, 3]);
    expect(valid.schema.fields.map(String), 'in its own types').toEqual(
      table.schema.fields.map(String),
    );
    expect(valid.errors).toMatchObject([{ index: 1, path: '/id', keyword: 'minimum', value: 0 }]);
    expect(valid.counts).toEqual({ read: 3, valid: 2, rejected: 1 });
    const all = await pipeline.validate(userTable([1, 2]));
    expect([idsOf(all), all.errors]).toEqual([[1, 2], []]);
  });

  it('is transformed to a table in the types of columnar outputs', async () => {
    for (const batch of [userTable([1, 0, 3]), await pipeline.validate(userTable([1, 0, 3]))]) {
      const transformed = await pipeline.transform(batch);
      expect(idsOf(transformed)).toEqual([1, 3]);
      expect(transformed.getChild('email')?.get(0)).toBe('User1@example.com');
      expect(String(transformed.schema.fields[4])).toMatch(
        /created_at: Timestamp<MICROSECOND, UTC/,
      );
    }
    const [batch] = userTable([7]).batches;
    if (!batch) throw new TypeError('a table of one row has a batch');
    expect(idsOf(await pipeline.transform(batch))).toEqual([7]);
  });

  it('is refused as a whole when its columns are not those of the schema', async () => {
    const wrong = userTable([1]).select(['id', 'name', 'created_at']);
    await expect(pipeline.validate(wrong)).rejects.toMatchObject({
      code: 'COLUMNS_MISMATCH',
      message: expect.stringContaining("required column 'email' is missing"),
    });
  });
});

describe('dead letters', () => {
  it('have every error of every rejected record, by its place among all that were given', async () => {
    const folder = temporaryFolder();
    const deadLetters = join(folder, 'rejects/dead.ndjson');
    const target = join(folder, 'users.parquet');
    const rejecting = await openPipeline({ schema: 'user', deadLetters, target, maxErrors: 1 });
    const [one, two] = users(2);
    const valid = await rejecting.validate([one, BAD]);
    expect(valid.errors).toHaveLength(1);
    await rejecting.save(valid);
    await rejecting.save(userTable([4, 0]));
    await rejecting.save([BAD, two]);
    await rejecting.finish();
    expect(statSync(deadLetters).mode, 'as open as the output').toBe(statSync(target).mode);
    const lines = readFileSync(deadLetters, 'utf8').trimEnd().split('\n');
    const letters = lines.map((line) => JSON.parse(line));
    expect(letters.map(({ index, path, stage }) => [index, path, stage])).toEqual([
      [1, '/email', 'validate'],
      [1, '/id', 'validate'],
      [3, '/id', 'validate'],
      [4, '/email', 'validate'],
      [4, '/id', 'validate'],
    ]);
    expect(JSON.parse(letters[0].raw)).toEqual(BAD);
    expect(JSON.parse(letters[2].raw)).toMatchObject({ id: 0, email: 'User0@EXAMPLE.com' });
  });
});
