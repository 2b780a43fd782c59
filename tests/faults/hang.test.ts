import { describe, expect, it } from 'vitest';
import { isAlive, openUnruly, printed, until } from './support/pool.js';

describe('a call with a deadline', () => {
  it.each(['hang', 'hold_gil', 'resist'])(
    'ends with WORKER_TIMEOUT, its worker gone: %s',
    async (method) => {
      const { pool } = await openUnruly();
      let pid = 0;
      const onEvent = (event: Record<string, unknown>) => {
        pid = event.pid as number;
      };
      await expect(pool.call(method, {}, { silenceMs: 300, onEvent })).rejects.toMatchObject({
        code: 'WORKER_TIMEOUT',
        message: `${method} did not answer within 0.3 s and was stopped.`,
      });
      expect(isAlive(pid)).toBe(false);
      const next = await pool.call<number>('pid', {});
      expect(next.value).not.toBe(pid);
      expect(pool.status().restarts).toEqual({ crash: 0, hang: 1, recycle: 0, start: 0 });
    },
  );

  it('may take longer as long as it reports progress', async () => {
    const { pool } = await openUnruly();
    const steps: unknown[] = [];
    const { value } = await pool.call(
      'report',
      { count: 12 },
      { silenceMs: 300, onEvent: ({ step }) => steps.push(step) },
    );
    expect(value).toBe('done');
    expect(steps).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });
});

describe('a call that its caller cancels', () => {
  it('rejects at once, and Python is told', async () => {
    const { pool, log } = await openUnruly();
    const controller = new AbortController();
    const onEvent = () => controller.abort();
    const call = pool.call('until_cancelled', {}, { signal: controller.signal, onEvent });
    await expect(call).rejects.toMatchObject({ code: 'CANCELLED' });
    await until(() => printed(log).includes('cancelled: True'));
    expect(pool.status().restarts.hang).toBe(0);
  });

  it('gives its slots back on both sides', async () => {
    const { pool } = await openUnruly();
    const body = new Uint8Array(20 * 2 ** 20);
    for (let round = 0; round < 3; round += 1) {
      const controller = new AbortController();
      const call = pool.call('until_cancelled', {}, { body, signal: controller.signal });
      controller.abort();
      await expect(call).rejects.toMatchObject({ code: 'CANCELLED' });
      // Its answer comes before this one's, on the same pipe, or else at latest soon after.
      await expect.poll(async () => (await pool.call('reply_slots', {})).value).toBe(0);
    }
    const reply = await pool.call('echo', {}, { body });
    expect(reply.transfer).toMatchObject({ path: 'shared', bytesCopied: 0 });
    reply.release();
  });

  it('rejects only when the call has stopped, if that was asked for', async () => {
    const { pool } = await openUnruly();
    const controller = new AbortController();
    let pid = 0;
    const call = pool.call(
      'hang',
      {},
      {
        signal: controller.signal,
        stopWithinMs: 100,
        onEvent: (event) => {
          pid = event.pid as number;
          controller.abort();
        },
      },
    );
    await expect(call).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(isAlive(pid)).toBe(false);
    await expect(pool.call('pid', {})).resolves.toBeDefined();
  });

  it('never starts when the signal was aborted before', async () => {
    const { pool } = await openUnruly();
    const call = pool.call('hang', {}, { signal: AbortSignal.abort() });
    await expect(call).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('is cancelled by an event handler that throws, with its error', async () => {
    const { pool, log } = await openUnruly();
    const onEvent = () => {
      throw new RangeError('no more');
    };
    await expect(pool.call('until_cancelled', {}, { onEvent })).rejects.toThrow('no more');
    await until(() => printed(log).includes('cancelled: True'));
  });
});
