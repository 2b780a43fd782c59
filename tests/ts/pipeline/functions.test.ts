import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Table, tableFromArrays } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lent } from '../../../ts/pipeline/functions/lent.js';
import { Pipeline } from '../../../ts/pipeline/pipeline.js';
import { PYTHON_DIR } from './support/open.js';
import { users } from './support/users.js';

const stateDir = mkdtempSync(join(tmpdir(), 'etl-test-'));
const ids = (table: Table) => Array.from(table.getChild('id') ?? []).map(Number);

let pipeline: Pipeline;

beforeAll(async () => {
  const settings = { ETL_PYTHON_DIR: PYTHON_DIR, ETL_STATE_DIR: stateDir };
  pipeline = await Pipeline.open({ schema: 'user', workers: 1, settings });
}, 60_000);
afterAll(async () => {
  await pipeline.close();
  rmSync(stateDir, { recursive: true });
});

describe('a Python function that is called by its name', () => {
  it('takes rows of the schema where it takes a table, and gives a table', async () => {
    const args = { data: users(10), transformations: ['normalize', 'deduplicate'] };
    const result = await pipeline.callPython<Table & Lent>('transform_batch', args);
    expect(ids(result)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(result.getChild('name')?.get(0)).toBe('Name 0');
    expect(result.schema.names).not.toContain('$row');
    result.release();
  });

  it('takes and gives tables by reference, and says what was copied', async () => {
    const data = tableFromArrays({ id: Int32Array.from({ length: 100_000 }, (_, at) => at) });
    const args = { data, transformations: [] };
    const result = await pipeline.callPython<Table & Lent>('transform_batch', args);
    expect(result.numRows).toBe(100_000);
    expect(result.getChild('id')?.get(99_999)).toBe(99_999);
    const { transfer } = result;
    expect(transfer.path).toBe('shared');
    expect(transfer.bytesCopied, 'the frame of a table that comes back as it went').toBeLessThan(
      1e3,
    );
    expect(transfer.bytesMapped).toBeGreaterThan(400_000);
    expect(Object.keys(result), 'its properties do not show').not.toContain('transfer');
    result.release();
    result.release();
  });

  it('may give an object with tables among its members, which share one memory', async () => {
    const data = tableFromArrays({ id: Int32Array.from({ length: 50_000 }, (_, at) => at) });
    type Split = { head: Table & Lent; tail: Table & Lent; rows: number };
    const { head, tail, rows } = await pipeline.callPython<Split>('split', { data, at: 20_000 });
    expect([head.numRows, tail.numRows, rows]).toEqual([20_000, 30_000, 50_000]);
    head.release();
    expect(tail.getChild('id')?.get(0), 'held until the last is released').toBe(20_000);
    tail.release();
  });

  it('is given the schema of the pipeline where it asks for one, and plain values as they are', async () => {
    expect(await pipeline.callPython('columns', { data: users(2) })).toMatchObject({
      rows: 2,
      schema: 'user',
    });
    expect(await pipeline.callPython('columns', { data: users(2), schema: 'other' })).toMatchObject(
      { schema: 'other' },
    );
  });

  it('is given no rows that do not fit the schema; the error says which', async () => {
    const data = [...users(2), { id: 'one' }];
    await expect(pipeline.callPython('columns', { data })).rejects.toThrow(
      'data: row 2 does not fit the columns of the schema user (/id ',
    );
  });

  it('is suggested when the name is nearly right', async () => {
    await expect(pipeline.callPython('transform_batches', {})).rejects.toMatchObject({
      code: 'FUNCTION_NOT_FOUND',
      message: expect.stringContaining('did you mean transform_batch?'),
    });
  });

  it('fails with one stack of both languages', async () => {
    const call = async () => await pipeline.callPython('failing', { data: users(1) });
    const error = await call().catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code: 'FUNCTION_FAILED' });
    const { stack } = error as Error;
    expect(stack).toMatch(/at failing \(.*functions\.py:\d+\) {2}raise KeyError/);
    expect(stack).toMatch(/at call \(.*functions\.test\.ts/);
  });

  it('ends when its caller does not want it any more, or when its time is over', async () => {
    const caller = new AbortController();
    const called = pipeline.callPython('slow', {}, { signal: caller.signal });
    setTimeout(() => caller.abort(new Error('enough')), 20);
    await expect(called).rejects.toMatchObject({
      code: 'CANCELLED',
      cause: expect.objectContaining({ message: 'enough' }),
    });
    await expect(pipeline.callPython('slow', {}, { timeout: 20 })).rejects.toMatchObject({
      code: 'WORKER_TIMEOUT',
    });
  });
});

describe('a Python function with a stream', () => {
  async function* chunks() {
    yield users(5);
    yield tableFromArrays({ id: Int32Array.of(1, 2) });
  }

  it('takes what an asynchronous iterable gives', async () => {
    const stream = pipeline.callPython<number>('count', { data: chunks() });
    expect(await stream.result).toBe(7);
  });

  it('gives what it yields, while it is read', async () => {
    const stream = pipeline.callPython<unknown, Table & Lent>('doubled', { data: chunks() });
    const read: number[][] = [];
    for await (const table of stream) read.push(ids(table));
    expect(read).toEqual([
      [2, 4, 2, 4, 2],
      [2, 4],
    ]);
  });

  it('gives a stream without taking one when it is asked to', async () => {
    const stream = pipeline.callPython<string, number>('numbers', { upto: 20 }, { stream: true });
    const read: number[] = [];
    for await (const number of stream) read.push(number);
    expect(read).toEqual([...Array(20).keys()]);
    expect(await stream.result).toBe('done');
  });

  it('fails with the error of the iterable itself', async () => {
    const broken = new TypeError('no more data');
    async function* failing() {
      yield users(1);
      throw broken;
    }
    const stream = pipeline.callPython('count', { data: failing() });
    await expect(stream.result).rejects.toMatchObject({ cause: broken });
  });
});
