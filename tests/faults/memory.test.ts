import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { WritableBody } from '../../ts/bridge/body.js';
import { PROTOCOL } from '../../ts/generated/protocol.js';
import { type OpenPool, openPool, poolOptions, until } from './support/pool.js';

const MEBIBYTE = 2 ** 20;
const { slotHeaderBytes } = PROTOCOL;
const run = promisify(execFile);

const program = (name: string): string =>
  fileURLToPath(new URL(`programs/${name}`, import.meta.url));

/** What cross-bodies.mjs prints where the system has no shared memory left. */
async function crossWithoutMemory(megabytes: number): Promise<Record<string, unknown>> {
  const options = await poolOptions();
  const { stdout } = await run(options.python, [
    program('without_memory.py'),
    process.execPath,
    program('cross-bodies.mjs'),
    String(megabytes),
    JSON.stringify(options),
  ]);
  return JSON.parse(stdout);
}

describe.runIf(process.platform === 'linux')('when the system has no memory left', () => {
  it('bodies go through the pipe, both ways, and no process dies of SIGBUS', async () => {
    expect(await crossWithoutMemory(8)).toMatchObject({
      equal: true,
      transfer: { path: 'inline', bytesMapped: 0, bytesCopied: 16 * MEBIBYTE },
      sharedMemory: true,
      inlineBodies: 1,
      restarts: { crash: 0 },
    });
  });

  it('a body too large for the pipe is OVERLOADED, with the system’s own reason', async () => {
    expect(await crossWithoutMemory(65)).toMatchObject({
      code: 'OVERLOADED',
      message: expect.stringContaining('found no room in shared memory (posix_fallocate: ENOSPC)'),
      restarts: { crash: 0 },
    });
  });
});

/** A body that shows where it lies in the arena, header and all, whenever it is written. */
function exposed(bytes: Uint8Array) {
  const seen: { slots: Uint8Array[] } & WritableBody = {
    slots: [],
    capacity: bytes.length,
    write(target) {
      const start = target.byteOffset - slotHeaderBytes;
      if (start >= 0) seen.slots.push(new Uint8Array(target.buffer, start));
      target.set(bytes);
      return bytes.length;
    },
  };
  return seen;
}

const CONTENT = new Uint8Array(MEBIBYTE).map((_, index) => index % 251);

/** Whether each thread of a process has stopped. */
function isStopped(pid: number): boolean {
  return readdirSync(`/proc/${pid}/task`).every((thread) =>
    /^State:\s+T/m.test(readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8')),
  );
}

/** Calls echo with a body whose slot is spoilt before the worker, stopped so long, reads it. */
async function callWithSpoiltSlot(pool: OpenPool['pool'], spoil: (slot: Uint8Array) => void) {
  const { value: pid } = await pool.call<number>('table', { rows: 1 });
  const body = exposed(CONTENT);
  process.kill(pid, 'SIGSTOP');
  await until(() => isStopped(pid));
  const call = pool.call<number[]>('echo', { once: true }, { body });
  await until(() => body.slots.length === 1);
  const [slot] = body.slots;
  if (slot) spoil(slot);
  process.kill(pid, 'SIGCONT');
  return call;
}

describe('a slot that does not hold what its frame says', () => {
  it.each<[string, (slot: Uint8Array) => void]>([
    ['a damaged body', (slot) => slot.set([99], slotHeaderBytes)],
    ['a damaged header', (slot) => slot.set([99], 12)],
    ['an older generation', (slot) => slot.set([0, 0, 0, 0], 4)],
  ])('is not read by Python: the call is made again through the pipe (%s)', async (_, spoil) => {
    const { pool } = await openPool({ worker: 'slots.py' });
    const reply = await callWithSpoiltSlot(pool, spoil);
    expect(Buffer.compare(reply.body ?? new Uint8Array(0), CONTENT)).toBe(0);
    expect(reply.transfer.path).toBe('inline');
    expect(pool.status()).toMatchObject({ ready: 1, restarts: { crash: 0 } });
    await until(() => pool.status().memory.used === 0);
  });

  it.each(['byte', 'generation'])(
    'is not read by Node: a call that may run again is made again (%s)',
    async (how) => {
      const { pool } = await openPool({ worker: 'slots.py' });
      const reply = await pool.call('damage_reply', { how }, { body: CONTENT });
      expect(Buffer.compare(reply.body ?? new Uint8Array(0), CONTENT)).toBe(0);
      expect(reply.transfer.path).toBe('inline');
      const next = await pool.call('table', { rows: 10_000 });
      expect(next.transfer.path).toBe('shared');
    },
  );

  it('is not read by Node: another call ends with BODY_CORRUPT, and its worker lives on', async () => {
    const { pool } = await openPool({ worker: 'slots.py' });
    const damaged = pool.call('damage_unsafe_reply', { how: 'byte' }, { body: CONTENT });
    await expect(damaged).rejects.toMatchObject({
      code: 'BODY_CORRUPT',
      retryable: true,
      message: expect.stringMatching(/damage_unsafe_reply .* its checksum does not match/),
    });
    expect((await pool.call('table', { rows: 10_000 })).transfer.path).toBe('shared');
    expect(pool.status()).toMatchObject({ restarts: { crash: 0 } });
    await until(() => pool.status().memory.used === 0);
  });
});
