import { expect, it, vi } from 'vitest';
import { openPool } from '../../faults/support/pool.js';

// The system refuses an arena of this size, as it does one for which it has no memory.
vi.mock('../../../ts/generated/protocol.js', async (original) => {
  const { PROTOCOL } = await original<typeof import('../../../ts/generated/protocol.js')>();
  return { PROTOCOL: { ...PROTOCOL, arenaBytes: -1 } };
});

it('sends bodies through the pipe where the system refuses memory, and says so once', async () => {
  const { pool, log } = await openPool({ workers: 2 });
  const body = new Uint8Array(1 << 20).fill(3);
  const reply = await pool.call('echo', {}, { body });
  expect(reply.transfer).toEqual({ path: 'inline', bytesMapped: 0, bytesCopied: 2 << 20 });
  expect(Buffer.compare(reply.body ?? new Uint8Array(0), body)).toBe(0);
  expect(pool.status().sharedMemory).toBe(false);
  const said = log.filter(({ event }) => event === 'bridge.inline');
  expect(said).toMatchObject([{ reason: 'posix_fallocate: EINVAL' }]);
});
