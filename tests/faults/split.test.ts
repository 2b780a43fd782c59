import { expect, it } from 'vitest';
import { openPool } from './support/pool.js';

it('a frame that the pipe cuts at any byte arrives whole, either way', async () => {
  const { pool } = await openPool({ worker: 'split.py', callsPerWorker: 1 });
  await pool.ready();
  const body = Uint8Array.from({ length: 40 }, (_, index) => index * 6);
  const params = { text: 'naïve 😀', list: [1, 2, 3] };
  // Longer than the frames, whose n-th is cut at its n-th byte.
  for (let cut = 0; cut <= 250; cut += 1) {
    const reply = await pool.call('echo', params, { body });
    expect(reply.value).toEqual(params);
    expect(reply.body).toEqual(body);
  }
  expect(pool.status().restarts.crash).toBe(0);
});
