import type { CreateSharedMemory } from './memory.js';

/**
 * What makes shared memory on this system, by its own calls through koffi.
 *
 * @throws Error where this system has none that we can use, with the reason.
 */
export async function openSharedMemory(): Promise<CreateSharedMemory> {
  switch (process.platform) {
    case 'linux':
      return (await import('./memory-linux.js')).memfdMemory();
    case 'darwin':
      return (await import('./memory-posix.js')).posixMemory();
    default:
      throw new Error(`shared memory is not supported on ${process.platform}`);
  }
}
