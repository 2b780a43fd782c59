import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { StreamChunk } from '../../../ts/bridge/input.js';
import type { CallStream } from '../../../ts/bridge/stream.js';
import { PROTOCOL } from '../../../ts/generated/protocol.js';
import { isAlive, openPool, printed, until } from '../../faults/support/pool.js';
import { sharedPool } from './shared-pool.js';

const WINDOW = PROTOCOL.streamCreditChunks;
const shared = sharedPool('streams.py', { callsPerWorker: 100 });
/** For tests that cost it its worker. */
const openStreams = () => openPool({ worker: 'streams.py' });

async function valuesOf<T>(stream: CallStream<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const { value } of stream) values.push(value);
  return values;
}

function* upTo(count: number): Generator<StreamChunk, void> {
  for (let value = 0; value < count; value += 1) yield { value };
}

/** An input that gives its next chunk when it is told to, and tells what became of it. */
function byHand() {
  const asked: (() => void)[] = [];
  const input = {
    returned: false,
    asked: 0,
    give: () => asked.shift()?.(),
    [Symbol.asyncIterator]: () => input,
    next: () =>
      new Promise<IteratorResult<StreamChunk, void>>((resolve) => {
        input.asked += 1;
        asked.push(() => resolve({ done: false, value: { value: 1 } }));
      }),
    return: async () => {
      input.returned = true;
      return { done: true as const, value: undefined };
    },
  };
  return input;
}

describe('a stream', () => {
  it('goes both ways, in order, and has an answer at its end', async () => {
    const { pool } = shared();
    const stream = pool.stream<number>('double', {}, { input: upTo(50) });
    expect(await valuesOf(stream)).toEqual(Array.from({ length: 50 }, (_, index) => index * 2));
    expect((await stream.result).value).toBe(1225);
  });

  it('may go in only, or out only', async () => {
    const { pool } = shared();
    const sum = pool.stream('add', {}, { input: upTo(10) });
    expect((await sum.result).value).toBe(45);
    expect(await valuesOf(pool.stream('count', { chunks: 5 }))).toEqual([0, 1, 2, 3, 4]);
    expect(await valuesOf(pool.stream('add', {}, { input: [] }))).toEqual([]);
  });

  it('carries bodies of any size, large ones in shared memory, and counts them', async () => {
    const { pool } = shared();
    const sizes = [0, 10, 100_000, 5_000_000];
    const input = sizes.map((size) => ({ value: size, body: new Uint8Array(size).fill(7) }));
    const stream = pool.stream<number>('double', {}, { input });
    const seen: [number, string, boolean | undefined][] = [];
    for await (const { body, transfer } of stream) {
      seen.push([body?.length ?? -1, transfer.path, body?.every((byte) => byte === 7)]);
    }
    expect(seen).toEqual([
      [0, 'inline', true],
      [10, 'inline', true],
      [100_000, 'shared', true],
      [5_000_000, 'shared', true],
    ]);
    expect((await stream.result).transfer).toEqual({
      path: 'shared',
      bytesMapped: 2 * 5_100_000,
      bytesCopied: 20,
    });
  });

  it('can be read only once', async () => {
    const { pool } = shared();
    const stream = pool.stream('count', { chunks: 1 });
    await valuesOf(stream);
    expect(() => stream[Symbol.asyncIterator]()).toThrow(/only once/);
  });

  it('is never retried, and its method may be called only by who reads it', async () => {
    const { pool } = shared();
    await expect(pool.call('count', { chunks: 1 })).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      message: expect.stringContaining('stream'),
    });
  });
});

describe('backpressure', () => {
  it('stops a generator whose reader does not read', async () => {
    const { pool } = shared();
    const stream = pool.stream('count', { chunks: 100 });
    await expect.poll(async () => (await pool.call('made', {})).value).toBe(WINDOW + 1);
    await sleep(50);
    expect((await pool.call('made', {})).value).toBe(WINDOW + 1);
    expect(await valuesOf(stream)).toHaveLength(100);
  });

  it('stops asking an input that Python does not read', async () => {
    const { pool } = shared();
    let given = 0;
    const input = (function* () {
      for (; given < 1000; given += 1) yield { value: 1 };
    })();
    const stream = pool.stream('double', {}, { input });
    await until(() => given >= WINDOW);
    await sleep(50);
    // What Python has taken, made and holds, what lies in its queue, and here.
    expect(given).toBeLessThanOrEqual(3 * WINDOW + 1);
    expect(await valuesOf(stream)).toHaveLength(1000);
  });

  it('of more streams than Python has threads blocks none of them', async () => {
    const { pool } = shared();
    const inputs = Array.from({ length: 70 }, byHand);
    const stop = new AbortController();
    const streams = inputs.map((input) =>
      pool.stream('double', {}, { input, signal: stop.signal }),
    );
    await until(() => inputs.every(({ asked }) => asked > 0));
    const firsts = streams.slice(0, 60).map(async (stream) => {
      for await (const { value } of stream) return value;
      return undefined;
    });
    for (const input of inputs) input.give();
    expect(await Promise.all(firsts)).toEqual(new Array(60).fill(2));
    stop.abort();
    await Promise.allSettled(streams.map(({ result }) => result));
    await expect(pool.call('made', {})).resolves.toBeDefined();
  });
});

describe('a stream that its reader leaves', () => {
  it('is cancelled: the generator is closed, the slots are free, the worker lives', async () => {
    const { pool, log } = shared();
    const stream = pool.stream('count', { chunks: 1000, bytes: 100_000 });
    for await (const { value } of stream) if (value === 2) break;
    await expect(stream.result).rejects.toMatchObject({ code: 'CANCELLED' });
    await until(() => printed(log).includes('closed'));
    await expect.poll(() => pool.status().memory.used).toBe(0);
    expect(pool.status().restarts).toEqual({ crash: 0, hang: 0, recycle: 0, start: 0 });
  });

  it('throws what the loop threw', async () => {
    const { pool } = shared();
    const reading = async () => {
      for await (const _ of pool.stream('count', { chunks: 9 })) throw new RangeError('enough');
    };
    await expect(reading()).rejects.toThrow('enough');
  });

  it('tells its input, also one that is waited for', async () => {
    const { pool } = shared();
    const input = byHand();
    const stop = new AbortController();
    const stream = pool.stream('double', {}, { input, signal: stop.signal });
    await until(() => input.asked === 1);
    stop.abort();
    await expect(valuesOf(stream)).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(input.returned).toBe(true);
  });

  it('leaves nothing behind, wherever it is left', async () => {
    const { pool } = shared();
    const input = () =>
      Array.from(upTo(12), ({ value }) => ({ value, body: new Uint8Array(40_000) }));
    await Promise.all(
      Array.from({ length: 60 }, async (_, round) => {
        const stream = pool.stream('double', {}, { input: input() });
        let read = 0;
        for await (const _item of stream) {
          read += 1;
          if (read > round % 13) break;
        }
        await stream.result.catch(() => {});
      }),
    );
    await expect.poll(() => pool.status().running).toBe(0);
    await expect.poll(() => pool.status().memory.used).toBe(0);
    expect(await valuesOf(pool.stream('double', {}, { input: upTo(3) }))).toEqual([0, 2, 4]);
    expect(pool.status().restarts.crash).toBe(0);
  });
});

describe('a stream that fails', () => {
  it('in Python gives what came before the error, then the error', async () => {
    const { pool } = shared();
    const stream = pool.stream('fail_after', { chunks: 3 });
    const values: unknown[] = [];
    const reading = async () => {
      for await (const { value } of stream) values.push(value);
    };
    await expect(reading()).rejects.toMatchObject({ code: 'WORKER_FAILED' });
    expect(values).toEqual([0, 1, 2]);
    await expect(stream.result).rejects.toMatchObject({ code: 'WORKER_FAILED' });
  });

  it('with its worker gives WORKER_CRASHED, and the next stream works', async () => {
    const { pool } = await openStreams();
    const stream = pool.stream('die_after', { chunks: 2 }, { input: byHand() });
    await expect(valuesOf(stream)).rejects.toMatchObject({ code: 'WORKER_CRASHED' });
    expect(await valuesOf(pool.stream('double', {}, { input: upTo(2) }))).toEqual([0, 2]);
  });

  it('by its input ends with the very error of the input as the cause', async () => {
    const { pool } = shared();
    const error = new RangeError('row 3 is odd');
    const input = async function* () {
      yield* upTo(2);
      throw error;
    };
    for (const method of ['double', 'wrap']) {
      const stream = pool.stream(method, {}, { input: input() });
      await expect(valuesOf(stream)).rejects.toMatchObject({
        code: method === 'wrap' ? 'WORKER_FAILED' : 'INPUT_FAILED',
      });
      const failure = await stream.result.catch((thrown: unknown) => thrown);
      expect((failure as Error).cause).toBe(error);
    }
    const { value } = await pool.stream('recover', {}, { input: input() }).result;
    expect(value).toEqual([
      'RangeError',
      'row 3 is odd',
      expect.stringContaining('stream.test.ts'),
    ]);
  });

  it('by a chunk that cannot be sent says so to both sides', async () => {
    const { pool } = shared();
    const circle: Record<string, unknown> = {};
    circle.itself = circle;
    const stream = pool.stream('recover', {}, { input: [{ value: circle }] });
    expect((await stream.result).value).toEqual([
      'BridgeError',
      expect.stringMatching(/^A value of recover cannot be sent as JSON: .* circular/),
      expect.any(String),
    ]);
  });
});

describe('a stream that lasts', () => {
  it('has no limit but its worker’s silence', async () => {
    const { pool } = await openStreams();
    let pid = 0;
    const options = {
      silenceMs: 200,
      onEvent: (event: Record<string, unknown>) => (pid = Number(event.pid)),
    };
    await expect(valuesOf(pool.stream('never', {}, options))).rejects.toMatchObject({
      code: 'WORKER_TIMEOUT',
    });
    expect(isAlive(pid)).toBe(false);
    expect(await valuesOf(pool.stream('slow', { chunks: 8 }, { silenceMs: 200 }))).toHaveLength(8);
  });

  it('is not silent while it waits for its reader or its input', async () => {
    const { pool } = shared();
    const input = async function* () {
      for (const chunk of upTo(2)) {
        await sleep(300);
        yield chunk;
      }
    };
    const values: unknown[] = [];
    for await (const { value } of pool.stream('double', {}, { input: input(), silenceMs: 150 })) {
      await sleep(300);
      values.push(value);
    }
    expect(values).toEqual([0, 2]);
    const unread = pool.stream('count', { chunks: 20 }, { silenceMs: 150 });
    await sleep(400);
    expect(await valuesOf(unread)).toHaveLength(20);
  });

  it('ends when its time is over, if it has one; Python is told and its worker lives', async () => {
    const { pool, log } = shared();
    const stream = pool.stream('never', {}, { timeoutMs: 100 });
    await expect(valuesOf(stream)).rejects.toMatchObject({
      code: 'WORKER_TIMEOUT',
      message: 'never did not answer within 0.1 s and was stopped.',
    });
    await until(() => printed(log).includes('cancelled: True'));
    expect(pool.status().restarts.hang).toBe(0);
  });
});
