import { fstatSync, ftruncateSync, readdirSync, readSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CreateSharedMemory, SharedMemory } from '../../../ts/bridge/memory.js';
import { memfdMemory } from '../../../ts/bridge/memory-linux.js';
import { posixMemory } from '../../../ts/bridge/memory-posix.js';
import { openSharedMemory } from '../../../ts/bridge/system-memory.js';

const SIZE = 2 ** 31;
const BLOCK = 2 ** 22;

function opened(create: CreateSharedMemory): SharedMemory {
  const memory = create(SIZE);
  onTestFinished(() => memory.close());
  return memory;
}

/** What the system has really provided for it. */
const providedBytes = ({ fd }: SharedMemory): number => fstatSync(fd).blocks * 512;

// What macOS uses is made of calls that Linux has too.
const kinds = [
  ['memfd', memfdMemory],
  ['POSIX object', posixMemory],
] as const;

describe.runIf(process.platform === 'linux').each(kinds)('shared memory as a %s', (_, open) => {
  it('is 2 GiB of addresses that another holder of its descriptor sees, and costs nothing', () => {
    const memory = opened(open());
    expect([memory.bytes.length, fstatSync(memory.fd).size]).toEqual([SIZE, SIZE]);
    expect(providedBytes(memory)).toBe(0);
    memory.allocate(SIZE - BLOCK, BLOCK);
    memory.bytes.set([1, 2, 3], SIZE - 3);
    const read = new Uint8Array(3);
    readSync(memory.fd, read, 0, 3, SIZE - 3);
    expect([...read]).toEqual([1, 2, 3]);
  });

  it('is provided where it is allocated, before it is touched', () => {
    const memory = opened(open());
    memory.allocate(BLOCK, 2 * BLOCK);
    expect(providedBytes(memory)).toBe(2 * BLOCK);
    memory.bytes.fill(7, BLOCK, 3 * BLOCK);
    memory.allocate(2 * BLOCK, 2 * BLOCK);
    expect(providedBytes(memory)).toBe(3 * BLOCK);
  });

  it('leaves no name and no descriptor', () => {
    const before = readdirSync('/proc/self/fd').length;
    const memory = open()(SIZE);
    expect(readdirSync('/dev/shm').filter((name) => name.startsWith('etl-'))).toEqual([]);
    memory.close();
    memory.close();
    expect(readdirSync('/proc/self/fd').length).toBe(before);
  });

  it('is refused with the reason when the system will not', () => {
    expect(() => open()(2 ** 50)).toThrow('mmap: ENOMEM');
  });
});

describe.runIf(process.platform === 'linux')('the shared memory of this system', () => {
  it('cannot be shrunk under our mapping by a worker', () => {
    const memory = opened(memfdMemory());
    expect(() => ftruncateSync(memory.fd, 0)).toThrow(/EPERM/);
  });

  it('gives what it discards back to the system', async () => {
    const memory = opened(await openSharedMemory());
    memory.allocate(0, 4 * BLOCK);
    memory.bytes.fill(7, 0, 4 * BLOCK);
    expect(memory.discard(BLOCK, 2 * BLOCK)).toBe(true);
    expect(providedBytes(memory)).toBe(2 * BLOCK);
    expect([memory.bytes[0], memory.bytes[BLOCK], memory.bytes[3 * BLOCK]]).toEqual([7, 0, 7]);
  });
});
