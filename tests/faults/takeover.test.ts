import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openUnruly, until } from './support/pool.js';

const NUMBERS = Float64Array.from({ length: 100_000 }, (_, index) => index / 7);
const BODY = new Uint8Array(NUMBERS.buffer);

async function scratchFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'etl-takeover-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, 'once');
}

describe('when a worker is killed while it works', () => {
  it('a warm spare takes its place at once, and a new spare is started behind it', async () => {
    const { pool } = await openUnruly({ spares: 1 });
    await until(() => pool.status().spares === 1);
    let pid = 0;
    const lost = pool.call('hang', {}, { onEvent: (event) => (pid = event.pid as number) });
    await until(() => pid > 0);
    const killed = performance.now();
    process.kill(pid, 'SIGKILL');
    await expect(lost).rejects.toMatchObject({ code: 'WORKER_CRASHED' });
    const { value } = await pool.call<number>('pid', {});
    // Within 100 ms on a machine of its own; starting a worker takes a second.
    expect(performance.now() - killed).toBeLessThan(500);
    expect(value).not.toBe(pid);
    await until(() => pool.status().spares === 1);
    expect(pool.status().restarts).toEqual({ crash: 1, hang: 0, recycle: 0, start: 0 });
  });

  it('a call that may run again gives the same bytes as if nothing had happened', async () => {
    const { pool } = await openUnruly({ workers: 2 });
    await until(() => pool.status().ready === 2);
    const once = await scratchFile();
    let killed = 0;
    const disturbed = await pool.call<number>(
      'squares_or_hang',
      { once },
      {
        body: BODY,
        retry: true,
        onEvent: ({ pid }) => {
          killed = pid as number;
          process.kill(killed, 'SIGKILL');
        },
      },
    );
    const undisturbed = await pool.call('squares_or_hang', { once }, { body: BODY });
    expect(killed).toBeGreaterThan(0);
    expect(disturbed.value).not.toBe(killed);
    expect(disturbed.body).toHaveLength(BODY.length);
    expect(Buffer.compare(disturbed.body ?? BODY, undisturbed.body ?? BODY)).toBe(0);
    disturbed.release();
    undisturbed.release();
    expect(pool.status().restarts.crash).toBe(1);
    await until(() => pool.status().memory.used === 0);
  });

  it('a method that Python declared safe runs again without being asked', async () => {
    const { pool } = await openUnruly({ spares: 1 });
    await until(() => pool.status().spares === 1);
    const once = await scratchFile();
    const onEvent = ({ pid }: Record<string, unknown>) => process.kill(pid as number, 'SIGKILL');
    const call = pool.call('squares_or_hang', { once }, { body: BODY, onEvent });
    await expect(call).resolves.toMatchObject({ value: expect.any(Number) });
  });

  it('a call that may not run again is failed, not repeated', async () => {
    const { pool } = await openUnruly({ spares: 1 });
    const once = await scratchFile();
    const onEvent = ({ pid }: Record<string, unknown>) => process.kill(pid as number, 'SIGKILL');
    const options = { body: BODY, onEvent, retry: false };
    await expect(pool.call('squares_or_hang', { once }, options)).rejects.toMatchObject({
      code: 'WORKER_CRASHED',
    });
  });
});
