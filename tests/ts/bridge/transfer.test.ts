import { tableFromIPC } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { openPool, openUnruly, until } from '../../faults/support/pool.js';

const MEBIBYTE = 2 ** 20;

/** Bytes that look different everywhere. */
function pattern(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let index = 0; index < length; index += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[index] = state >>> 16;
  }
  return bytes;
}

/** Compared without printing millions of bytes when they differ. */
function isEqual(left: Uint8Array | undefined, right: Uint8Array): boolean {
  return left !== undefined && Buffer.compare(left, right) === 0;
}

describe('a body', () => {
  it('of 256 MB crosses in shared memory both ways, and its readers copy none of it', async () => {
    const { pool } = await openPool({ memoryLimit: 2 ** 30 });
    const body = new Uint8Array(256 * MEBIBYTE).fill(7);
    const reply = await pool.call('echo', { note: 'large' }, { body });
    expect(reply.value).toEqual({ note: 'large' });
    expect(reply.transfer).toEqual({ path: 'shared', bytesMapped: 512 * MEBIBYTE, bytesCopied: 0 });
    expect(isEqual(reply.body, body)).toBe(true);
    expect(pool.status()).toMatchObject({ sharedMemory: true, inlineReason: null });
    reply.release();
    await until(() => pool.status().memory.used === 0);
  });

  it('that writes itself lies at once where Python reads it', async () => {
    const { pool } = await openPool();
    const bytes = pattern(MEBIBYTE);
    const reply = await pool.call(
      'echo',
      {},
      {
        body: {
          capacity: 2 * MEBIBYTE,
          write: (target) => {
            target.set(bytes);
            return bytes.length;
          },
        },
      },
    );
    expect(reply.transfer).toEqual({ path: 'shared', bytesMapped: 2 * MEBIBYTE, bytesCopied: 0 });
    expect(isEqual(reply.body, bytes)).toBe(true);
  });

  it('that Python gives as a table lies at once where Node reads it', async () => {
    const { pool } = await openPool({ worker: 'slots.py' });
    const { body, transfer } = await pool.call('table', { rows: 100_000 });
    expect(transfer).toEqual({ path: 'shared', bytesMapped: body?.length, bytesCopied: 0 });
    const values = tableFromIPC(body ?? []).getChild('n');
    expect([values?.length, values?.get(99_999)]).toEqual([100_000, 99_999n]);
    expect(values?.data[0]?.values.buffer).toBe(body?.buffer);
    const small = await pool.call('table', { rows: 10 });
    expect(small.transfer.path).toBe('inline');
    expect(tableFromIPC(small.body ?? []).numRows).toBe(10);
  });

  it('goes through the pipe when the call, the size or the system wants it so', async () => {
    const inline = { path: 'inline', bytesMapped: 0 };
    const { pool } = await openPool();
    const large = pattern(20 * MEBIBYTE);
    const asked = await pool.call('echo', {}, { body: large, inline: true });
    expect(asked.transfer).toEqual({ ...inline, bytesCopied: 40 * MEBIBYTE });
    expect(isEqual(asked.body, large)).toBe(true);
    const small = await pool.call('echo', {}, { body: pattern(100) });
    expect(small.transfer).toEqual({ ...inline, bytesCopied: 200 });
    expect(small.body).toEqual(pattern(100));
    const without = await openPool({ sharedMemory: false });
    const piped = await without.pool.call('echo', {}, { body: large });
    expect(piped.transfer).toEqual({ ...inline, bytesCopied: 40 * MEBIBYTE });
    expect(isEqual(piped.body, large)).toBe(true);
    expect(without.pool.status().sharedMemory).toBe(false);
  });

  it('that is empty is not one that is missing', async () => {
    const { pool } = await openPool();
    expect((await pool.call('echo', {}, { body: new Uint8Array(0) })).body).toEqual(pattern(0));
    expect((await pool.call('echo', {})).body).toBeUndefined();
  });

  it('that Python keeps is not written over, and counts as in flight until Python drops it', async () => {
    const { pool } = await openPool({ worker: 'slots.py' });
    for (const byte of [1, 2, 3]) {
      const body = new Uint8Array(MEBIBYTE).fill(byte);
      const { value } = await pool.call('keep', {}, { body });
      expect(value).toEqual([1, 2, 3].slice(0, byte));
      expect(pool.status().memory.used).toBe(byte * MEBIBYTE);
    }
    await pool.call('forget', {});
    await until(() => pool.status().memory.used === 0);
  });
});

describe('memory that is all in use', () => {
  it('lets a body wait until another is given back, and then is OVERLOADED', async () => {
    const { pool } = await openPool({
      worker: 'slots.py',
      memoryLimit: 16 * MEBIBYTE,
      queueMs: 300,
    });
    const body = new Uint8Array(5 * MEBIBYTE);
    await pool.call('keep', {}, { body });
    await expect(pool.call('keep', {}, { body })).rejects.toMatchObject({
      code: 'OVERLOADED',
      message: expect.stringContaining(`${body.length} of ${8 * MEBIBYTE} bytes are in flight`),
    });
    const waiting = pool.call('keep', {}, { body });
    await pool.call('forget', {});
    await expect(waiting).resolves.toBeDefined();
  });

  it('lets an answer wait until another is released, and then lies in its place', async () => {
    const { pool } = await openPool({ memoryLimit: 16 * MEBIBYTE });
    const body = pattern(5 * MEBIBYTE);
    const first = await pool.call('echo', {}, { body });
    const second = pool.call('echo', {}, { body });
    const raced = await Promise.race([second, new Promise((go) => setTimeout(go, 100, 'waits'))]);
    expect(raced).toBe('waits');
    first.release();
    const { transfer, body: echoed } = await second;
    expect(transfer.path).toBe('shared');
    expect([echoed?.byteOffset, isEqual(echoed, body)]).toEqual([first.body?.byteOffset, true]);
  });

  it('lets an answer wait no longer than its caller', async () => {
    const { pool } = await openPool({ memoryLimit: 16 * MEBIBYTE });
    const body = new Uint8Array(5 * MEBIBYTE);
    const first = await pool.call('echo', {}, { body });
    await expect(pool.call('echo', {}, { body, timeoutMs: 200 })).rejects.toMatchObject({
      code: 'WORKER_TIMEOUT',
    });
    first.release();
    await expect(pool.call('echo', {}, { body })).resolves.toBeDefined();
    expect(pool.status().restarts).toMatchObject({ hang: 0, crash: 0 });
  });

  it('sends an answer that its arena can never hold through the pipe', async () => {
    const { pool } = await openPool({ memoryLimit: 16 * MEBIBYTE });
    const body = new Uint8Array(8 * MEBIBYTE);
    const { transfer } = await pool.call('echo', {}, { body });
    expect(transfer).toEqual({
      path: 'shared',
      bytesMapped: 8 * MEBIBYTE,
      bytesCopied: 8 * MEBIBYTE,
    });
  });

  it('refuses a body for which it is too small at once', async () => {
    const { pool } = await openPool({ memoryLimit: 16 * MEBIBYTE });
    const body = new Uint8Array(8 * MEBIBYTE + 1);
    await expect(pool.call('echo', {}, { body })).rejects.toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
      params: { limit: 8 * MEBIBYTE },
    });
  });
});

describe('many calls at once', () => {
  it('each get their own answer, and give every slot back', async () => {
    const { pool } = await openUnruly();
    const sizes = Array.from({ length: 500 }, (_, index) => (index * 7919) % 200_000);
    await Promise.all(
      sizes.map(async (size, index) => {
        const body = pattern(size, index);
        const reply = await pool.call('echo', { index }, { body });
        expect(reply.value).toEqual({ index });
        expect(isEqual(reply.body, body)).toBe(true);
        reply.release();
      }),
    );
    expect((await pool.call('reply_slots', {})).value).toBe(0);
    await until(() => pool.status().memory.used === 0);
  });
});
