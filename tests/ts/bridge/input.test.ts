import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { StreamChunk, StreamInput } from '../../../ts/bridge/input.js';
import { openPool } from '../../faults/support/pool.js';
import { sharedPool } from './shared-pool.js';

const shared = sharedPool('streams.py');

function* failing(error: unknown): Generator<StreamChunk, void> {
  yield { value: 1 };
  throw error;
}

describe('an input that misbehaves costs its own call only', () => {
  it('when it cannot even begin', async () => {
    const { pool } = shared();
    const inputs = [
      5,
      {},
      {
        [Symbol.iterator]: () => {
          throw new TypeError('no file');
        },
      },
    ];
    for (const input of inputs) {
      const stream = pool.stream('add', {}, { input: input as unknown as StreamInput });
      await expect(stream.result).rejects.toThrow(TypeError);
      expect(pool.status().running).toBe(0);
    }
  });

  it('when its end throws', async () => {
    const { pool } = shared();
    const endless = {
      [Symbol.iterator]: () => endless,
      next: () => ({ done: false as const, value: { value: 1 } }),
      return: () => {
        throw new Error('cannot be closed');
      },
    };
    await expect(pool.stream('made', {}, { input: endless }).result).resolves.toBeDefined();
    const stop = new AbortController();
    const stopped = pool.stream('never', {}, { input: endless, signal: stop.signal });
    stop.abort();
    await expect(stopped.result).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it.each([
    ['a value without a text', Object.create(null)],
    ['half of a character', new Error('\ud800')],
    ['a text of 20 MB', new Error('long '.repeat(4_000_000))],
    ['a name that is no text', Object.assign(new Error('odd'), { name: 5 })],
    ['nothing', undefined],
  ])('when it throws %s', async (_, error) => {
    const { pool } = shared();
    const { result } = pool.stream('add', {}, { input: failing(error) });
    const failure = await result.catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ code: 'INPUT_FAILED' });
    expect((failure as Error).cause).toBe(error);
    expect(pool.status().restarts.crash).toBe(0);
  });
});

describe('what Python cannot read', () => {
  const deep = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

  it.each([
    ['half of a character', { text: '\ud800' }],
    ['a key with half of a character', { '\udc00': 1 }],
    ['values within 500 others', { deep: deep(500) }],
    ['no object', []],
  ])('is refused, and the worker lives: %s', async (_, params) => {
    const { pool } = shared();
    const body = new Uint8Array(100_000);
    await expect(pool.call('made', params, { body })).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
    });
    await expect.poll(() => pool.status().memory.used).toBe(0);
    expect(pool.status().restarts.crash).toBe(0);
  });

  it('is refused in a chunk too', async () => {
    const { pool } = shared();
    const input = [{ value: '\ud800', body: new Uint8Array(100_000) }];
    await expect(pool.stream('add', {}, { input }).result).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
    });
    await expect.poll(() => pool.status().memory.used).toBe(0);
    expect(pool.status().restarts.crash).toBe(0);
  });

  it('is never sent when it is the name of a method or a trace', async () => {
    const { pool } = shared();
    const body = new Uint8Array(100_000);
    for (const [method, traceparent] of [
      ['', '00'],
      ['m'.repeat(129), '00'],
      ['made', '0'.repeat(129)],
    ]) {
      await expect(pool.call(method ?? '', {}, { body, traceparent })).rejects.toMatchObject({
        code: 'INVALID_REQUEST',
      });
    }
    expect(pool.status()).toMatchObject({ running: 0, memory: { used: 0 } });
  });
});

describe('the memory for bodies', () => {
  it('comes back from what only Python’s garbage collector frees', async () => {
    const { pool } = await openPool({ worker: 'streams.py', memoryLimit: 8 * 2 ** 20 });
    const body = new Uint8Array(3 * 2 ** 20);
    for (let call = 0; call < 3; call += 1) await pool.call('knot', {}, { body });
  });

  it('is enough for a stream when it is enough for one of its chunks in the pipe', async () => {
    const { pool } = await openPool({
      worker: 'streams.py',
      sharedMemory: false,
      memoryLimit: 8 * 2 ** 20,
      queueMs: 2000,
    });
    const input = Array.from({ length: 5 }, () => ({
      value: 1,
      body: new Uint8Array(3 * 2 ** 20),
    }));
    expect((await pool.stream('add', {}, { input }).result).value).toBe(5);
  });
});

describe('silence', () => {
  it('is not the worker’s while its reader keeps the room for its next chunk', async () => {
    const { pool } = await openPool({ worker: 'streams.py', memoryLimit: 6 * 2 ** 20 });
    const stream = pool.stream<number>('count', { chunks: 2, bytes: 2 ** 21 }, { silenceMs: 800 });
    const values: number[] = [];
    for await (const { value } of stream) {
      await sleep(1200);
      values.push(value);
    }
    expect(values).toEqual([0, 1]);
  });

  it('is not the worker’s while there is no memory for its next chunk', async () => {
    const { pool } = await openPool({ worker: 'streams.py', memoryLimit: 8 * 2 ** 20 });
    const stop = new AbortController();
    const body = new Uint8Array(3 * 2 ** 20);
    const holder = pool.stream('never', {}, { body, signal: stop.signal });
    const input = [{ value: 1, body }];
    const stream = pool.stream('add', {}, { input, silenceMs: 500 });
    await sleep(1000);
    stop.abort();
    await expect(holder.result).rejects.toMatchObject({ code: 'CANCELLED' });
    expect((await stream.result).value).toBe(1);
  });

  it('ends a worker that works on for nobody, whatever it reports', async () => {
    const { pool } = await openPool({ worker: 'streams.py' });
    await pool.ready();
    const stream = pool.stream('deaf', {}, { silenceMs: 500 });
    const reading = stream[Symbol.asyncIterator]();
    await sleep(100);
    await reading.return();
    await expect(stream.result).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect.poll(() => pool.status().restarts.hang, { timeout: 5000 }).toBe(1);
  });
});

describe('a limit longer than timers count', () => {
  it.each([Number.POSITIVE_INFINITY, 2 ** 40])('is none: %s ms', async (limit) => {
    const { pool } = shared();
    const limits = { timeoutMs: limit, silenceMs: limit, stopWithinMs: limit };
    await expect(pool.call('give_back', {}, limits)).resolves.toBeDefined();
    expect(await pool.stream('add', {}, { ...limits, input: late() }).result).toMatchObject({
      value: 1,
    });
  });
});

async function* late(): AsyncGenerator<StreamChunk, void> {
  await sleep(50);
  yield { value: 1 };
}
