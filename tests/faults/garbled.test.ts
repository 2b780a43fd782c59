import { describe, expect, it } from 'vitest';
import { isAlive, openUnruly, until } from './support/pool.js';

describe('a worker that writes what is no frame', () => {
  it.each(['text', 'checksum', 'length', 'message', 'place'])(
    'is killed and replaced: %s',
    async (how) => {
      const { pool } = await openUnruly();
      const { value: pid } = await pool.call<number>('pid', {});
      await expect(pool.call('garble', { how })).rejects.toMatchObject({
        code: 'WORKER_CRASHED',
        params: { reason: expect.stringContaining('garbled frame') },
      });
      await until(() => !isAlive(pid));
      const next = await pool.call<number>('pid', {});
      expect(next.value).not.toBe(pid);
    },
  );
});
