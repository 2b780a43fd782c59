import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openPool, openUnruly, until } from './support/pool.js';

/** What crash_while.py looks at: workers crash between `spoil` and `mend`. */
async function cause() {
  const folder = await mkdtemp(join(tmpdir(), 'etl-crash-loop-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'cause');
  return { path, spoil: () => writeFile(path, ''), mend: () => rm(path) };
}

describe('workers that crash one after the other', () => {
  it.each([
    ['before', 'did not start'],
    ['after', 'ended'],
  ] as const)(
    'open the breaker, which says why, and close it when the cause is gone: %s their hello',
    async (when, text) => {
      const { path, spoil, mend } = await cause();
      await spoil();
      const { pool } = await openPool({ worker: 'crash_while.py', workerParams: [when, path] });
      const reason = new RegExp(`The Python worker ${text}: exit code 1.*libboom\\.so`, 's');
      await until(() => reason.test(pool.status().reason ?? ''), 30_000);
      await expect(pool.call('echo', {})).rejects.toMatchObject({
        code: 'NOT_READY',
        message: expect.stringMatching(reason),
        retryable: true,
      });
      const { restarts } = pool.status();
      expect(restarts.crash + restarts.start).toBeGreaterThanOrEqual(3);
      await mend();
      await until(() => pool.status().ready === 1, 30_000);
      await expect(pool.call('echo', { mended: true })).resolves.toBeDefined();
      expect(pool.status().reason).toBeNull();
    },
  );

  it('are not started in a hurry while others answer, and come back when the cause is gone', async () => {
    const { path, spoil, mend } = await cause();
    const { pool, log } = await openPool({
      worker: 'crash_while.py',
      workerParams: ['before', path],
      workers: 2,
    });
    await until(() => pool.status().ready === 2);
    await spoil();
    process.kill(log.find(({ event }) => event === 'worker.ready')?.worker ?? 0, 'SIGKILL');
    await until(() => pool.status().restarts.start === 1);
    const end = performance.now() + 1500;
    while (performance.now() < end) await pool.call('echo', {});
    // At once, after 250 ms, 500 ms and 1 s.
    expect(pool.status().restarts.start).toBeLessThanOrEqual(4);
    await mend();
    await until(() => pool.status().ready === 2, 30_000);
  });

  it('are not started in a hurry: each waits longer than the one before', async () => {
    const { pool } = await openPool({ python: '/bin/false' });
    const at: number[] = [];
    await until(() => {
      const { start } = pool.status().restarts;
      while (at.length < start) at.push(performance.now());
      return start >= 5;
    }, 10_000);
    const gaps = at.slice(1).map((time, index) => time - (at[index] ?? 0));
    expect(gaps[1]).toBeGreaterThan(200);
    expect(gaps[2]).toBeGreaterThan(450);
    expect(gaps[3]).toBeGreaterThan(950);
  });
});

describe('calls that kill every worker', () => {
  it('are refused from the third on until a worker is up again, and then work', async () => {
    const { pool } = await openUnruly();
    for (let round = 0; round < 3; round += 1) {
      await pool.ready();
      await expect(pool.call('kill_itself', {})).rejects.toMatchObject({ code: 'WORKER_CRASHED' });
    }
    await expect(pool.call('pid', {})).rejects.toMatchObject({
      code: 'NOT_READY',
      message: expect.stringContaining('signal SIGKILL'),
    });
    await until(() => pool.status().ready === 1, 20_000);
    await expect(pool.call('pid', {})).resolves.toBeDefined();
  });

  it('open nothing when others are answered in between', async () => {
    const { pool } = await openUnruly({ workers: 2 });
    await until(() => pool.status().ready === 2);
    for (let round = 0; round < 4; round += 1) {
      await expect(pool.call('kill_itself', {})).rejects.toMatchObject({ code: 'WORKER_CRASHED' });
      await expect(pool.call('pid', {})).resolves.toBeDefined();
    }
  });
});
