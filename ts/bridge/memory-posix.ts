import { randomBytes } from 'node:crypto';
import { closeSync, constants, ftruncateSync } from 'node:fs';
import { closer, libc, Mapping, systemError } from './mapping.js';
import type { CreateSharedMemory, SharedMemory } from './memory.js';

const CREATE = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL;
const OWNER_ONLY = 0o600;
/** The smallest page of any system: touching each makes all of a range exist. */
const PAGE_BYTES = 4096;

/**
 * Memory as a POSIX shared memory object, for systems without memfd: macOS.
 *
 * Its name is random and gone before anybody could open it; macOS lets its size be set once, and
 * only while it has a name. macOS neither allocates a range ahead of its first use nor takes one
 * back: pages that do not fit the memory go to the swap file, so touching them cannot fail.
 */
export function posixMemory(): CreateSharedMemory {
  // Variadic as <sys/mman.h> declares it on macOS, whose arm64 passes such arguments elsewhere.
  const shmOpen = libc.func('int shm_open(const char *name, int flags, ...)');
  const shmUnlink = libc.func('int shm_unlink(const char *name)');

  const open = (fd: number, size: number): SharedMemory => {
    const mapping = new Mapping(fd, size);
    return {
      fd,
      length: size,
      get bytes() {
        return mapping.bytes;
      },
      allocate(offset, length) {
        const { bytes } = mapping;
        for (let at = offset; at < offset + length; at += PAGE_BYTES) bytes[at] = 0;
      },
      discard: () => false,
      close: closer(fd),
    };
  };

  return (size) => {
    // macOS takes names of at most 31 characters.
    const name = `/etl-${randomBytes(12).toString('hex')}`;
    const fd: number = shmOpen(name, CREATE, 'int', OWNER_ONLY);
    if (fd === -1) throw systemError('shm_open');
    try {
      try {
        ftruncateSync(fd, size);
      } finally {
        shmUnlink(name);
      }
      return open(fd, size);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  };
}
