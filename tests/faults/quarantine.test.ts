import { describe, expect, it } from 'vitest';
import { openUnruly, until } from './support/pool.js';

describe('a call that ends its worker', () => {
  it.each([
    ['segfault', 'SIGSEGV'],
    ['bus_error', 'SIGBUS'],
  ])('is tried once more, then given back as the likely cause: %s', async (method, signal) => {
    const { pool } = await openUnruly({ spares: 1 });
    await until(() => pool.status().spares === 1);
    await expect(pool.call(method, {}, { retry: true })).rejects.toMatchObject({
      code: 'WORKER_CRASHED',
      message: expect.stringMatching(
        new RegExp(
          `^2 Python workers in a row died during ${method}, .*${signal}.*not tried again`,
        ),
      ),
      params: { method, reason: `signal ${signal}` },
    });
    expect(pool.status().restarts.crash).toBe(2);
    await expect(pool.call('echo', { alive: true })).resolves.toBeDefined();
  });

  it('costs the calls beside it nothing, for suspects never share a worker', async () => {
    const { pool } = await openUnruly({ spares: 2, callsPerWorker: 8 });
    await until(() => pool.status().spares === 2);
    const beside = [1, 2, 3, 4, 5].map((count) => pool.call('report', { count }, { retry: true }));
    await expect(pool.call('segfault', {}, { retry: true })).rejects.toMatchObject({
      code: 'WORKER_CRASHED',
    });
    const values = (await Promise.all(beside)).map(({ value }) => value);
    expect(values).toEqual(['done', 'done', 'done', 'done', 'done']);
    expect(pool.status().restarts.crash).toBe(2);
  });
});
