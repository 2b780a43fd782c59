import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { isAlive, openUnruly, until } from './support/pool.js';

describe('a worker that has answered its share of calls', () => {
  it('is replaced without a call lost or late, and that is no crash', async () => {
    const { pool, log } = await openUnruly({ recycle: { calls: 20 } });
    const pids = new Set<number>();
    let slowest = 0;
    while (pids.size < 3) {
      const begun = performance.now();
      pids.add((await pool.call<number>('pid', {})).value);
      slowest = Math.max(slowest, performance.now() - begun);
    }
    expect(slowest).toBeLessThan(500);
    const { restarts, ready } = pool.status();
    expect({ restarts, ready }).toEqual({
      restarts: { crash: 0, hang: 0, recycle: 2, start: 0 },
      ready: 1,
    });
    const [first = 0] = pids;
    await until(() => !isAlive(first));
    expect(
      log.filter(({ event, level }) => event === 'worker.ended' && (level ?? 0) >= 40),
    ).toEqual([]);
  });

  it('finishes the calls that it has', async () => {
    const { pool } = await openUnruly({ spares: 1, recycle: { calls: 2 } });
    await until(() => pool.status().spares === 1);
    const long = pool.call('report', { count: 20 });
    const { value: pid } = await pool.call<number>('pid', {});
    await pool.call('pid', {});
    await pool.call('pid', {});
    await until(() => pool.status().restarts.recycle >= 1);
    expect(isAlive(pid)).toBe(true);
    await expect(long).resolves.toMatchObject({ value: 'done' });
    await until(() => !isAlive(pid));
    expect(pool.status().restarts.crash).toBe(0);
  });
});

it('a worker whose memory has grown too far is replaced, also when no other call follows', async () => {
  const { pool } = await openUnruly({ recycle: { memoryBytes: 400 * 2 ** 20 } });
  const { value: pid } = await pool.call<number>('pid', {});
  // It tells what it holds after a call, at most once a second.
  await sleep(1100);
  await pool.call('keep_memory', { megabytes: 600 });
  await until(() => !isAlive(pid));
  expect(pool.status().restarts).toEqual({ crash: 0, hang: 0, recycle: 1, start: 0 });
});
