import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UserRecord } from '../../../ts/generated/records/user.js';
import { Pipeline } from '../../../ts/pipeline/pipeline.js';
import type { ErrorRecord } from '../../../ts/schema/validate.js';
import { users } from './support/users.js';

let pipeline: Pipeline<UserRecord>;
const folder = mkdtempSync(join(tmpdir(), 'etl-test-'));
const target = join(folder, 'users.parquet');
const deadLetters = join(folder, 'rejects.ndjson');

beforeAll(async () => {
  const settings = { ETL_STATE_DIR: join(folder, 'state') };
  pipeline = await Pipeline.open({ schema: 'user', workers: 1, target, deadLetters, settings });
}, 60_000);
afterAll(async () => {
  await pipeline.close();
  rmSync(folder, { recursive: true });
});

const placesOf = (errors: readonly ErrorRecord[]) => new Set(errors.map(({ path }) => path));

describe('a row with values that JSON does not have', () => {
  it.each([
    ['a BigInt', { id: 1n }, '/id'],
    ['a BigInt within a wrong value', { tags: { one: 1n } }, '/tags'],
    ['a Date', { created_at: new Date(0) }, '/created_at'],
    ['NaN', { age: Number.NaN }, '/age'],
    ['a sparse array', { tags: new Array(2) }, '/tags'],
    ['an unknown member without a value', { more: undefined }, '/more'],
  ])('is rejected, and no other is: %s', async (_what, values, path) => {
    const [first, second, third] = users(3);
    const chunk = [first, { ...second, ...values }, third];
    const valid = await pipeline.validate(chunk);
    expect(valid.counts).toEqual({ read: 3, valid: 2, rejected: 1 });
    expect(valid.errors[0]).toMatchObject({ index: 1, path });
    const transformed = await pipeline.transform(chunk);
    expect(transformed.counts).toEqual(valid.counts);
    expect(placesOf(transformed.errors)).toEqual(placesOf(valid.errors));
    transformed.release();
  });

  it('is among the dead letters', async () => {
    const [first] = users(1);
    await pipeline.save([first, { ...first, id: 12n }]);
    await pipeline.finish();
    const letters = readFileSync(deadLetters, 'utf8').trimEnd().split('\n');
    expect(JSON.parse(JSON.parse(letters.at(-1) ?? '').raw)).toMatchObject({ id: '12' });
  });
});

it('what is no chunk is refused, and counts as nothing', async () => {
  const validate = pipeline.validate.bind(pipeline) as (chunk: unknown) => Promise<unknown>;
  await expect(validate({ id: 1 })).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  await expect(validate(undefined)).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
});
