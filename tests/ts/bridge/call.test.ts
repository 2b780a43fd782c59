import { describe, expect, it } from 'vitest';
import { isAlive, openUnruly, printed, until } from '../../faults/support/pool.js';
import { sharedPool } from './shared-pool.js';

const shared = sharedPool('streams.py');

describe('a call', () => {
  it('tells Python of its deadline and of its trace', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { value } = await shared().pool.call<{ traceparent: string; left: number }>(
      'trace',
      {},
      { traceparent, timeoutMs: 5000 },
    );
    expect(value.traceparent).toBe(traceparent);
    expect(value.left).toBeGreaterThan(3);
    expect(value.left).toBeLessThanOrEqual(5);
  });

  it('has 120 s unless it is told otherwise, and no limit when only silence ends it', async () => {
    const { pool } = shared();
    const left = async (options: object) =>
      (await pool.call<{ left: number | null }>('trace', {}, options)).value.left;
    expect(await left({})).toBeCloseTo(120, -1);
    expect(await left({ silenceMs: 1000 })).toBeNull();
    expect(await left({ silenceMs: 1000, timeoutMs: 9000 })).toBeCloseTo(9, 0);
  });

  it.each([
    ['timeoutMs', Number.NaN],
    ['timeoutMs', '500'],
    ['timeoutMs', 0],
    ['silenceMs', -1],
    ['stopWithinMs', null],
    ['signal', {}],
    ['inline', 'yes'],
    ['traceparent', 7],
    ['body', 'text'],
  ])('is refused for %s: %j, and costs no worker', async (option, value) => {
    const { pool } = shared();
    const options = { [option]: value };
    const refusal = {
      code: 'INVALID_REQUEST',
      message: expect.stringMatching(`^The option ${option} of call_function work takes .*, not `),
    };
    const params = { name: 'work' };
    const neighbour = pool.call('trace', {});
    await expect(pool.call('call_function', params, options)).rejects.toMatchObject(refusal);
    expect(() => pool.stream('call_function', params, options)).toThrow(
      expect.objectContaining(refusal),
    );
    await neighbour;
    expect(pool.status().restarts.crash).toBe(0);
  });

  it('may last for ever', async () => {
    const limits = { timeoutMs: Infinity, silenceMs: Infinity, stopWithinMs: Infinity };
    const { value } = await shared().pool.call<{ left: number | null }>('trace', {}, limits);
    expect(value.left).toBeNull();
  });

  it('whose parameters are no JSON is refused by its name', async () => {
    const params = { name: 'work', args: { id: 1n } };
    await expect(shared().pool.call('call_function', params)).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      message: expect.stringMatching(
        /^A value of call_function work .* BigInt\. Send it as text\.$/,
      ),
    });
  });

  it('that is out of time rejects at once, and costs no worker if Python then ends it', async () => {
    const { pool, log } = shared();
    const began = performance.now();
    await expect(pool.call('never_answer', {}, { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'WORKER_TIMEOUT',
      params: { method: 'never_answer', seconds: 0.1 },
    });
    expect(performance.now() - began).toBeLessThan(1500);
    await until(() => printed(log).includes('told to stop'));
    await expect(pool.call('trace', {})).resolves.toBeDefined();
    expect(pool.status().restarts.hang).toBe(0);
  });

  it('that goes on 2 s after its time was over costs its worker', async () => {
    const { pool } = await openUnruly();
    let pid = 0;
    const onEvent = (event: Record<string, unknown>) => {
      pid = Number(event.pid);
    };
    await expect(pool.call('hang', {}, { timeoutMs: 100, onEvent })).rejects.toMatchObject({
      code: 'WORKER_TIMEOUT',
    });
    expect(isAlive(pid)).toBe(true);
    await until(() => !isAlive(pid));
    expect(pool.status().restarts.hang).toBe(1);
    await expect(pool.call('pid', {})).resolves.toBeDefined();
  });

  it('whose answer crosses its cancellation rejects, and its slot goes back', async () => {
    const { pool } = shared();
    const body = new Uint8Array(200_000);
    for (let round = 0; round < 50; round += 1) {
      const stop = new AbortController();
      const call = pool.call('give_back', {}, { body, signal: stop.signal });
      setTimeout(() => stop.abort(), round % 3);
      await call.then(
        (reply) => reply.release(),
        ({ code }) => expect(code).toBe('CANCELLED'),
      );
    }
    await expect.poll(() => pool.status().memory.used).toBe(0);
    await expect.poll(async () => (await pool.call('reply_slots', {})).value).toBe(0);
  });

  it('whose event handler throws rejects only when the call has stopped, if that was asked for', async () => {
    const { pool } = await openUnruly();
    const { value: pid } = await pool.call<number>('pid', {});
    const call = pool.call(
      'hang',
      {},
      {
        stopWithinMs: 50,
        onEvent: () => {
          throw new Error('the disk is full');
        },
      },
    );
    await expect(call).rejects.toThrow('the disk is full');
    expect(isAlive(pid)).toBe(false);
    await until(() => pool.status().ready === 1);
  });
});
