import { describe, expect, it } from 'vitest';
import { isAlive, openUnruly, until } from './support/pool.js';

describe('a worker that dies during a call', () => {
  it('costs its caller WORKER_CRASHED at once, and the next call works', async () => {
    const { pool } = await openUnruly();
    let pid = 0;
    const call = pool.call('hang', {}, { onEvent: (event) => (pid = event.pid as number) });
    await until(() => pid > 0);
    const killed = performance.now();
    process.kill(pid, 'SIGKILL');
    await expect(call).rejects.toMatchObject({
      code: 'WORKER_CRASHED',
      params: { pid, method: 'hang', reason: 'signal SIGKILL' },
    });
    expect(performance.now() - killed).toBeLessThan(500);
    const next = await pool.call<number>('pid', {});
    expect(next.value).not.toBe(pid);
    expect(pool.status()).toMatchObject({ workers: 1, ready: 1, restarts: { crash: 1 } });
  });

  it('takes its own children with it, which would outlive it', async () => {
    const { pool } = await openUnruly();
    let seen: { pid?: number; child?: number } = {};
    const onEvent = (event: Record<string, unknown>) => {
      seen = event;
    };
    const call = pool.call('hang_with_child', {}, { onEvent });
    await until(() => seen.child !== undefined);
    process.kill(seen.pid ?? 0, 'SIGKILL');
    await expect(call).rejects.toMatchObject({ code: 'WORKER_CRASHED' });
    await until(() => !isAlive(seen.child ?? 0), 1000);
  });

  it('takes only its own callers with it', async () => {
    const { pool } = await openUnruly({ workers: 2 });
    await until(() => pool.status().ready === 2);
    const other = pool.call('report', { count: 10 });
    const dying = pool.call('kill_itself', {});
    await expect(dying).rejects.toMatchObject({ code: 'WORKER_CRASHED' });
    await expect(other).resolves.toMatchObject({ value: 'done' });
  });

  it('may segfault without harm to this process', async () => {
    const { pool } = await openUnruly();
    await expect(pool.call('segfault', {})).rejects.toMatchObject({
      code: 'WORKER_CRASHED',
      params: { reason: 'signal SIGSEGV' },
    });
    await expect(pool.call('pid', {})).resolves.toBeDefined();
  });

  it('gets a new arena for its successor, and replies of the dead one stay readable', async () => {
    const { pool } = await openUnruly();
    const body = new Uint8Array(1 << 20).fill(7);
    const reply = await pool.call('echo', {}, { body });
    await expect(pool.call('kill_itself', {})).rejects.toMatchObject({ code: 'WORKER_CRASHED' });
    const next = await pool.call('echo', {}, { body: new Uint8Array(1 << 20).fill(9) });
    expect(next.transfer.path).toBe('shared');
    expect(Buffer.compare(reply.body ?? new Uint8Array(0), body)).toBe(0);
    reply.release();
    next.release();
  });
});

describe('a method that ends badly', () => {
  it('is an error with the Python traceback, and the worker lives on', async () => {
    const { pool } = await openUnruly({ memoryLimit: 64 * 2 ** 20 });
    const { value: pid } = await pool.call<number>('pid', {});
    await expect(pool.call('raise_error', {})).rejects.toMatchObject({
      code: 'WORKER_FAILED',
      message: "raise_error raised KeyError: 'no such column'",
      params: { exception: 'KeyError' },
      pythonTraceback: expect.stringMatching(/unruly\.py", line \d+, in raise_error/),
    });
    await expect(pool.call('leave', {})).rejects.toMatchObject({
      code: 'WORKER_FAILED',
      params: { exception: 'SystemExit' },
    });
    await expect(pool.call('unwritable', {})).rejects.toMatchObject({ code: 'WORKER_FAILED' });
    await expect(pool.call('huge', {})).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    await expect(pool.call('pid', {})).resolves.toMatchObject({ value: pid });
    expect(isAlive(pid)).toBe(true);
  });

  it('keeps the code and details that it chose', async () => {
    const { pool } = await openUnruly();
    await expect(pool.call('refuse', {})).rejects.toMatchObject({
      code: 'DISK_FULL',
      params: { path: '/data/out' },
      retryable: true,
    });
  });

  it('is told by name when there is no such method', async () => {
    const { pool } = await openUnruly();
    await expect(pool.call('ecko', {})).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      message: expect.stringContaining('did you mean echo?'),
    });
  });
});
