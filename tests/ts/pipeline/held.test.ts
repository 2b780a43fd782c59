import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Table, tableFromArrays } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reply } from '../../../ts/bridge/reply.js';
import { BUILT_IN } from '../../../ts/generated/records/index.js';
import type { UserRecord } from '../../../ts/generated/records/user.js';
import type { DeadLetters } from '../../../ts/pipeline/chunks/dead-letters.js';
import { ChunkFlow } from '../../../ts/pipeline/chunks/flow.js';
import type { ChunkSteps } from '../../../ts/pipeline/chunks/steps.js';
import { resultOf } from '../../../ts/pipeline/functions/functions.js';
import type { Lent } from '../../../ts/pipeline/functions/lent.js';
import { Pipeline } from '../../../ts/pipeline/pipeline.js';
import { preview } from '../../../ts/preview.js';
import { PYTHON_DIR } from './support/open.js';
import { users } from './support/users.js';

let pipeline: Pipeline<UserRecord>;
const folder = mkdtempSync(join(tmpdir(), 'etl-test-'));
const target = join(folder, 'users.parquet');

beforeAll(async () => {
  const settings = { ETL_STATE_DIR: join(folder, 'state'), ETL_PYTHON_DIR: PYTHON_DIR };
  pipeline = await Pipeline.open({ schema: 'user', workers: 1, target, settings });
}, 60_000);
afterAll(async () => {
  await pipeline.close();
  rmSync(folder, { recursive: true });
});

/** Users of one chunk, who are told from those of others by their age, and fill shared memory. */
const usersOf = (chunk: number) =>
  users(3_000).map((user, at) => ({ ...user, id: chunk * 3_000 + at + 1, age: chunk }));

const idTable = (rows: number) =>
  tableFromArrays({ id: Int32Array.from({ length: rows }, (_, at) => at) });

const usersTable = tableFromArrays({ id: new Int32Array(100_000).fill(-1) });

const given = <R>(data: Table) =>
  pipeline.callPython<R>('transform_batch', { data, transformations: [] });

describe('memory that is lent', () => {
  it('cannot be used any more once it was released', async () => {
    const transformed = await pipeline.transform(usersOf(1));
    expect(transformed.transfer.path).toBe('shared');
    transformed.release();
    const released = { code: 'INVALID_REQUEST', message: expect.stringContaining('released') };
    await expect(pipeline.save(transformed)).rejects.toMatchObject(released);
    const table = await given<Table & Lent>(idTable(50_000));
    table.release();
    await expect(pipeline.validate(table)).rejects.toMatchObject(released);
    await expect(given(table)).rejects.toMatchObject(released);
  });

  it('stays while a call reads it, though it is released meanwhile', async () => {
    const table = await given<Table & Lent>(idTable(50_000));
    // The first call of a function asks for its parameters before it reads its arguments.
    type Split = { head: Table & Lent; tail: Table & Lent };
    const splitting = pipeline.callPython<Split>('split', { data: table, at: 1 });
    table.release();
    const others = await Promise.all([1, 2, 3].map(() => given<Table & Lent>(usersTable)));
    const { tail } = await splitting;
    expect(tail.getChild('id')?.get(49_998)).toBe(49_999);
    for (const one of others) one.release();
  });

  it('is what stays valid of a table that lies in it', async () => {
    const transformed = await pipeline.transform(usersOf(2));
    const source = await given<Table & Lent>(transformed.table);
    const valid = await pipeline.validate(source);
    source.release();
    const later = await Promise.all([
      pipeline.transform(usersOf(3)),
      pipeline.transform(usersOf(4)),
    ]);
    expect(valid.getChild('age')?.get(2_999)).toBe(2n);
    for (const one of [transformed, valid, ...later]) one.release();
  });

  it('is saved whole in a stream whose reader does not wait for it', async () => {
    const chunks = Array.from({ length: 12 }, (_, chunk) => usersOf(chunk));
    const first = usersOf(99).flatMap((user) => Array.from({ length: 30 }, () => user));
    const saving = [pipeline.save(first)]; // All others have to wait for it.
    for await (const batch of pipeline.stream(chunks)) saving.push(pipeline.save(batch));
    await Promise.all(saving);
    const { counts } = await pipeline.finish();
    expect(counts).toMatchObject({ written: 126_000, rejected: 0 });
    const ages = (await preview(target, 126_000)).map(({ age }) => age);
    expect(ages).toEqual([first, ...chunks].flat().map(({ age }) => age));
  });

  it('can be read after the pipeline was closed', async () => {
    const settings = { ETL_STATE_DIR: join(folder, 'other') };
    const closed = await Pipeline.open({ schema: 'user', workers: 1, settings });
    const transformed = await closed.transform(usersOf(5));
    await closed.close();
    expect(transformed.toArray()).toHaveLength(3_000);
    expect(transformed.at(-1)?.age).toBe(5);
    transformed.release();
  });
});

/** An answer in shared memory, and how often it was given back. */
function answer(value: unknown, body = new Uint8Array(0)) {
  const released = { times: 0 };
  const reply: Reply<unknown> = {
    value,
    body,
    transfer: { path: 'shared', bytesMapped: body.length, bytesCopied: 0 },
    release: () => {
      released.times += 1;
    },
  };
  return { reply, released };
}

it('an answer whose table cannot be read is given back', () => {
  const value = { value: null, tables: { '': [0, 16] as const } };
  const { reply, released } = answer(value, Buffer.from('no Arrow stream!'));
  expect(() => resultOf({ ...reply, value })).toThrow();
  expect(released.times).toBe(1);
});

it('a row is rejected once, though its dead letter could not be written at first', async () => {
  const error = { index: 0, path: '', field: '', code: '', message: '', keyword: '', expected: 0 };
  const { reply, released } = answer(null);
  const outcome = { read: 2, refused: [0], errors: [error], truncated: false, table: undefined };
  const steps = {
    schema: { name: 'user', ...BUILT_IN.user },
    validateRows: async () => ({ ...outcome, refused: [], errors: [] }),
    transformValid: async () => ({ ...outcome, reply }),
  };
  let attempts = 0;
  const deadLetters = {
    add: async () => {
      attempts += 1;
      if (attempts === 1) throw new Error('no space left on device');
    },
  };
  const flow = new ChunkFlow({
    steps: steps as unknown as ChunkSteps,
    deadLetters: deadLetters as unknown as DeadLetters,
    maxErrors: 10,
  });
  const limits = { signal: new AbortController().signal };
  const valid = await flow.validate([{}, {}], limits);
  await expect(flow.transform(valid, limits)).rejects.toThrow('no space left');
  expect(released.times).toBe(1);
  await flow.transform(valid, limits);
  expect(flow.counts).toMatchObject({ read: 2, rejected: 1 });
});
