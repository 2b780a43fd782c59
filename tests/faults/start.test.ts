import { describe, expect, it } from 'vitest';
import { openPool, openUnruly, until } from './support/pool.js';

describe('workers that cannot start', () => {
  it('make ready() and calls fail with what they printed, and are tried again', async () => {
    const { pool } = await openPool({ worker: 'crash_at_import.py' });
    await expect(pool.ready()).rejects.toMatchObject({
      code: 'NOT_READY',
      message: expect.stringMatching(/exit code 1.*ImportError: libboom\.so/s),
    });
    const refused = await Promise.allSettled([pool.call('echo', {}), pool.call('echo', {})]);
    const errors = refused.map((outcome) => outcome.status === 'rejected' && outcome.reason);
    expect(errors[0]).toMatchObject({ code: 'NOT_READY' });
    // Each shows its own caller.
    expect(errors[0]).not.toBe(errors[1]);
    const { ready, restarts, reason } = pool.status();
    expect({ ready, reason }).toEqual({ ready: 0, reason: expect.stringContaining('libboom.so') });
    await until(() => pool.status().restarts.start > restarts.start);
  });

  it('make ready() fail when there is no such Python', async () => {
    const { pool } = await openPool({ python: '/no/such/python' });
    await expect(pool.ready()).rejects.toMatchObject({
      code: 'NOT_READY',
      message: expect.stringContaining('spawn /no/such/python ENOENT'),
    });
  });

  it('make calls that wait fail when the system cannot even try', async () => {
    const { pool } = await openPool({ workerArgs: ['x'.repeat(1 << 20)] });
    const call = pool.call('echo', {});
    await expect(pool.ready()).rejects.toMatchObject({
      code: 'NOT_READY',
      message: 'The system cannot start a Python worker: spawn E2BIG',
    });
    await expect(call).rejects.toMatchObject({ code: 'NOT_READY' });
  });

  it('are refused, not retried, when they speak another protocol', async () => {
    const { pool } = await openPool({ worker: 'other_protocol.py' });
    await expect(pool.ready()).rejects.toMatchObject({
      code: 'PROTOCOL_MISMATCH',
      params: { what: 'protocol', received: 99, expected: 2 },
    });
    expect(pool.status().restarts.start).toBe(0);
  });

  it('are refused when their schemas are not ours', async () => {
    const { pool } = await openPool({ schemaDigest: 'of another server' });
    await expect(pool.ready()).rejects.toMatchObject({
      code: 'PROTOCOL_MISMATCH',
      params: { what: 'schema_digest', expected: 'of another server' },
    });
  });

  it('do not keep ready() waiting when its caller gives up', async () => {
    const { pool } = await openPool({ worker: 'silent.py' });
    await expect(pool.ready(AbortSignal.timeout(50))).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

describe('a call that comes before the workers are ready', () => {
  it('waits for one', async () => {
    const { pool } = await openPool();
    expect(pool.status()).toMatchObject({ ready: 0, reason: 'starting' });
    await expect(pool.call('echo', { early: true })).resolves.toMatchObject({
      value: { early: true },
    });
  });

  it('is spread over the workers', async () => {
    const { pool } = await openUnruly({ workers: 2 });
    await until(() => pool.status().ready === 2);
    const hang = pool.call('report', { count: 4 });
    const pids = new Set<number>();
    for (let call = 0; call < 3; call += 1) pids.add((await pool.call<number>('pid', {})).value);
    expect(pids.size).toBe(1);
    await hang;
  });
});
