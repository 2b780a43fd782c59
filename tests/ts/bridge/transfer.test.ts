import { describe, expect, it } from 'vitest';
import { openPool, openUnruly } from '../../faults/support/pool.js';

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

describe('a body', () => {
  it('of 20 MB crosses in shared memory both ways, uncopied by its readers', async () => {
    const { pool } = await openPool();
    const body = pattern(20 * MEBIBYTE);
    const reply = await pool.call('echo', { note: 'large' }, { body });
    expect(reply.value).toEqual({ note: 'large' });
    expect(reply.transfer).toEqual({ path: 'shared', bytesMapped: 40 * MEBIBYTE, bytesCopied: 0 });
    expect(Buffer.compare(reply.body ?? pattern(0), body)).toBe(0);
    expect(pool.status().sharedMemory).toBe(true);
    reply.release();
  });

  it('goes through the pipe when the call, the size or the system wants it so', async () => {
    const inline = { path: 'inline', bytesMapped: 0 };
    const { pool } = await openPool();
    const large = pattern(20 * MEBIBYTE);
    const asked = await pool.call('echo', {}, { body: large, inline: true });
    expect(asked.transfer).toEqual({ ...inline, bytesCopied: 40 * MEBIBYTE });
    expect(Buffer.compare(asked.body ?? pattern(0), large)).toBe(0);
    const small = await pool.call('echo', {}, { body: pattern(100) });
    expect(small.transfer).toEqual({ ...inline, bytesCopied: 200 });
    expect(small.body).toEqual(pattern(100));
    const without = await openPool({ sharedMemory: false });
    const piped = await without.pool.call('echo', {}, { body: large });
    expect(piped.transfer).toEqual({ ...inline, bytesCopied: 40 * MEBIBYTE });
    expect(Buffer.compare(piped.body ?? pattern(0), large)).toBe(0);
    expect(without.pool.status().sharedMemory).toBe(false);
  });

  it('that is empty is not one that is missing', async () => {
    const { pool } = await openPool();
    expect((await pool.call('echo', {}, { body: new Uint8Array(0) })).body).toEqual(pattern(0));
    expect((await pool.call('echo', {})).body).toBeUndefined();
  });

  it('that finds the arena full goes through the pipe', async () => {
    const { pool } = await openPool();
    const body = pattern(20 * MEBIBYTE);
    const replies = await Promise.all([1, 2, 3].map(() => pool.call('echo', {}, { body })));
    expect(new Set(replies.map(({ transfer }) => transfer.path)).size).toBe(2);
    for (const reply of replies) {
      expect(Buffer.compare(reply.body ?? pattern(0), body)).toBe(0);
      reply.release();
    }
  });

  it('larger than the protocol carries is refused, and the worker lives on', async () => {
    const { pool } = await openPool();
    const body = new Uint8Array(64 * MEBIBYTE + 1);
    await expect(pool.call('echo', {}, { body })).rejects.toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
      params: { limit: 64 * MEBIBYTE },
    });
    await expect(pool.call('echo', { after: true })).resolves.toBeDefined();
    expect(pool.status().restarts).toBe(0);
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
        expect(Buffer.compare(reply.body ?? pattern(0), body)).toBe(0);
        reply.release();
      }),
    );
    expect((await pool.call('reply_slots', {})).value).toBe(0);
  });
});
