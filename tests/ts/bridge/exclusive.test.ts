import { describe, expect, it } from 'vitest';
import { openUnruly, until } from '../../faults/support/pool.js';

describe('a pool that gives each worker one call at a time', () => {
  it('runs two calls in two processes, even when only one was ready at first', async () => {
    const { pool } = await openUnruly({ workers: 2, callsPerWorker: 1 });
    const pids = new Set<unknown>();
    const stop = new AbortController();
    const calls = [1, 2].map(() =>
      pool.call(
        'until_cancelled',
        {},
        { signal: stop.signal, onEvent: ({ pid }) => pids.add(pid) },
      ),
    );
    await until(() => pids.size === 2);
    stop.abort();
    await Promise.allSettled(calls);
  });

  it('never gives a worker a second call, whatever comes together', async () => {
    const { pool } = await openUnruly({ callsPerWorker: 1 });
    const bodies = Array.from({ length: 40 }, (_, index) =>
      index % 2 === 0 ? undefined : new Uint8Array(index * 2000),
    );
    const calls = bodies.map((body) => pool.call<number>('overlap', {}, { body }));
    const counts = (await Promise.all(calls)).map(({ value }) => value);
    expect(new Set(counts)).toEqual(new Set([1]));
  });

  it('lets further calls wait, in their order, until a worker has answered', async () => {
    const { pool } = await openUnruly({ callsPerWorker: 1 });
    const order: unknown[] = [];
    const begun = ['first', 'second', 'third'].map((name) =>
      pool.call('echo', { name }).then(({ value }) => order.push(value)),
    );
    await Promise.all(begun);
    expect(order).toEqual(['first', 'second', 'third'].map((name) => ({ name })));
  });

  it('gives the place of a call that could not be sent to the next', async () => {
    const { pool } = await openUnruly({ callsPerWorker: 1 });
    const stop = new AbortController();
    const dropped = pool.call('echo', {}, { signal: stop.signal });
    const busy = pool.call('report', { count: 2 });
    const body = {
      capacity: 100_000,
      write: () => {
        throw new RangeError('no such row');
      },
    };
    const unsent = pool.call('echo', {}, { body });
    const next = pool.call('echo', { next: true }, { timeoutMs: 2000 });
    stop.abort();
    await expect(dropped).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect(busy).resolves.toMatchObject({ value: 'done' });
    await expect(unsent).rejects.toThrow('no such row');
    await expect(next).resolves.toMatchObject({ value: { next: true } });
  });

  it('is ready only when a worker is free, and says that it works while all are busy', async () => {
    const { pool } = await openUnruly({ callsPerWorker: 1 });
    let steps = 0;
    const onEvent = () => {
      steps += 1;
    };
    const busy = pool.call('report', { count: 4 }, { onEvent });
    let isReady = false;
    const ready = pool.ready().then(() => {
      isReady = true;
    });
    await until(() => steps > 0);
    expect(isReady).toBe(false);
    expect(pool.status()).toMatchObject({ ready: 1, reason: null });
    await busy;
    await ready;
  });

  it('keeps the crash of one call from the others', async () => {
    const { pool } = await openUnruly({ workers: 2, callsPerWorker: 1 });
    const sound = pool.call('report', { count: 10 });
    await expect(pool.call('kill_itself', {})).rejects.toMatchObject({ code: 'WORKER_CRASHED' });
    await expect(sound).resolves.toMatchObject({ value: 'done' });
  });
});
