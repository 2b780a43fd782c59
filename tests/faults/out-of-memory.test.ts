import { expect, it } from 'vitest';
import { openUnruly } from './support/pool.js';

it.each(['python', 'arrow'])(
  'a call that needs more memory than it may have says so, and the worker lives on: %s',
  async (by) => {
    const { pool } = await openUnruly();
    const { value: pid } = await pool.call<number>('pid', {});
    await expect(pool.call('exhaust_memory', { by })).rejects.toMatchObject({
      code: 'MEMORY_LIMIT',
      message: expect.stringMatching(/memory/i),
    });
    await expect(pool.call('pid', {})).resolves.toMatchObject({ value: pid });
  },
);
