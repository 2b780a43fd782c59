import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { openPool, poolOptions } from '../../faults/support/pool.js';

const BODY = new Uint8Array(1 << 20).fill(3);
const CROSSED = { path: 'inline', bytesMapped: 0, bytesCopied: 2 << 20 };

/** Limits how large a file of this process may be made, as the system's administrator would. */
function limitFileSize(python: string, bytes: number): void {
  const limit = `resource.prlimit(${process.pid}, resource.RLIMIT_FSIZE, (${bytes}, -1))`;
  execFileSync(python, ['-c', `import resource; ${limit}`]);
}

describe.runIf(process.platform === 'linux')('where there is no shared memory', () => {
  it('because the system refuses it, bodies go through the pipe, and that is said once', async () => {
    const options = await poolOptions();
    limitFileSize(options.python, 1 << 24);
    const { pool, log } = await openPool({ ...options, workers: 2 });
    limitFileSize(options.python, -1);
    const reply = await pool.call('echo', {}, { body: BODY });
    expect(reply.transfer).toEqual(CROSSED);
    expect(Buffer.compare(reply.body ?? new Uint8Array(0), BODY)).toBe(0);
    expect(pool.status()).toMatchObject({
      sharedMemory: false,
      inlineReason: expect.stringContaining('EFBIG'),
    });
    expect(log.filter(({ event }) => event === 'bridge.inline')).toHaveLength(1);
  });

  it('because a worker cannot map it, bodies go through the pipe, and its log says why', async () => {
    const { pool, log } = await openPool({ worker: 'few_addresses.py' });
    const reply = await pool.call('echo', {}, { body: BODY });
    expect(reply.transfer).toEqual(CROSSED);
    expect(pool.status()).toMatchObject({
      sharedMemory: false,
      inlineReason: 'a worker cannot map it',
    });
    const said = log.filter(({ line }) => line?.includes('the shared memory cannot be mapped'));
    expect(said).toMatchObject([{ line: expect.stringContaining('Cannot allocate memory') }]);
  });
});
