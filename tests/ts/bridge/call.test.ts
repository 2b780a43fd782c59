import { expect, it } from 'vitest';
import { isAlive, openUnruly, until } from '../../faults/support/pool.js';

it('a call whose event handler throws rejects only when the call has stopped, if that was asked for', async () => {
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
