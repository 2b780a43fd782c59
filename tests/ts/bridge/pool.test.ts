import { describe, expect, it } from 'vitest';
import type { CallEnd, WorkerEnd } from '../../../ts/bridge/metrics.js';
import { openPool, openUnruly, until } from '../../faults/support/pool.js';

const MEBIBYTE = 2 ** 20;

describe('a pool', () => {
  it('gives each worker so many calls at a time, and the rest wait', async () => {
    const { pool } = await openUnruly({ callsPerWorker: 2 });
    const stop = new AbortController();
    const calls = [1, 2, 3, 4, 5].map(() =>
      pool.call('until_cancelled', {}, { signal: stop.signal }),
    );
    await until(() => pool.status().running === 2);
    expect(pool.status()).toMatchObject({ running: 2, queued: 3, reason: null });
    stop.abort();
    await Promise.allSettled(calls);
    await until(() => pool.status().running === 0);
    expect(pool.status().queued).toBe(0);
  });

  it('refuses a call when as many wait as may, and one that waits too long', async () => {
    const { pool } = await openUnruly({ callsPerWorker: 1, maxQueued: 1, queueMs: 100 });
    const stop = new AbortController();
    const busy = pool.call('until_cancelled', {}, { signal: stop.signal });
    const waits = pool.call('echo', {});
    await expect(pool.call('echo', {})).rejects.toMatchObject({
      code: 'OVERLOADED',
      message: expect.stringMatching(
        / was not taken: 1 calls wait for a Python worker of this pool, as many as may/,
      ),
      retryable: true,
    });
    await expect(waits).rejects.toMatchObject({
      code: 'OVERLOADED',
      message: expect.stringMatching(/^echo waited 0\.1 s for a free Python worker/),
    });
    stop.abort();
    await expect(busy).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect(pool.call('echo', {})).resolves.toBeDefined();
  });

  it('lets bodies wait for memory, and refuses one that waits too long', async () => {
    const { pool } = await openUnruly({ memoryLimit: 32 * MEBIBYTE, queueMs: 200 });
    const body = new Uint8Array(10 * MEBIBYTE);
    const stop = new AbortController();
    const holds = pool.call('until_cancelled', {}, { body, signal: stop.signal });
    await until(() => pool.status().running === 1);
    expect(pool.status().memory).toMatchObject({ limit: 16 * MEBIBYTE, used: body.length });
    await expect(pool.call('echo', {}, { body })).rejects.toMatchObject({ code: 'OVERLOADED' });
    await expect(pool.call('echo', {})).resolves.toBeDefined();
    const waits = pool.call('echo', {}, { body });
    stop.abort();
    await expect(holds).rejects.toMatchObject({ code: 'CANCELLED' });
    (await waits).release();
    await until(() => pool.status().memory.used === 0);
  });

  it('counts the time of waiting into the time that a call has', async () => {
    const { pool } = await openUnruly({ callsPerWorker: 1 });
    const stop = new AbortController();
    const busy = pool.call('until_cancelled', {}, { signal: stop.signal });
    const begun = performance.now();
    await expect(pool.call('echo', {}, { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'WORKER_TIMEOUT',
      params: { method: 'echo', seconds: 0.1 },
    });
    expect(performance.now() - begun).toBeLessThan(1000);
    stop.abort();
    await expect(busy).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('starts its spares when its workers are ready, not before', async () => {
    const { pool, log } = await openPool({ workers: 2, spares: 1 });
    await until(() => pool.status().spares === 1, 15_000);
    const ready = log.filter(({ event }) => event === 'worker.ready');
    const started = log.filter(({ event }) => event === 'worker.started');
    expect(ready).toHaveLength(3);
    expect(log.indexOf(started[2] ?? {})).toBeGreaterThan(log.indexOf(ready[1] ?? {}));
    expect(pool.status()).toMatchObject({ workers: 2, ready: 2, spares: 1 });
  });

  it('tells its observer of every call and of every worker that was replaced', async () => {
    const calls: CallEnd[] = [];
    const workers: WorkerEnd[] = [];
    const { pool } = await openUnruly({
      metrics: {
        callEnded: (call) => calls.push(call),
        workerEnded: (worker) => workers.push(worker),
      },
    });
    const reply = await pool.call('echo', {}, { body: new Uint8Array(100) });
    await expect(pool.call('refuse', {})).rejects.toThrow();
    await expect(pool.call('kill_itself', {})).rejects.toThrow();
    const seconds = expect.any(Number);
    expect(calls).toEqual([
      { method: 'echo', outcome: 'ok', seconds, transfer: reply.transfer },
      { method: 'refuse', outcome: 'DISK_FULL', seconds, transfer: undefined },
      { method: 'kill_itself', outcome: 'WORKER_CRASHED', seconds, transfer: undefined },
    ]);
    expect(workers).toEqual([{ reason: 'crash' }]);
  });
});
