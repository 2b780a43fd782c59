import { closeSync, ftruncateSync } from 'node:fs';
import koffi from 'koffi';
import { closer, libc, Mapping, systemError } from './mapping.js';
import type { CreateSharedMemory, SharedMemory } from './memory.js';

// <linux/memfd.h>, <linux/fcntl.h>, <linux/falloc.h>, <asm-generic/mman-common.h>.
const MFD_CLOEXEC_AND_ALLOW_SEALING = 1 | 2;
const F_ADD_SEALS = 1033;
const F_SEAL_SEAL_SHRINK_GROW = 1 | 2 | 4;
const FALLOC_FL_KEEP_SIZE_PUNCH_HOLE = 1 | 2;
const MADV_POPULATE_WRITE = 23;
const { EINTR } = koffi.os.errno;

/**
 * Memory as an anonymous file (memfd): no name, no 64 MB /dev/shm, freed with its last holder.
 *
 * It is sealed, so a worker cannot shrink it under our mapping, and allocated before it is touched,
 * so a full system is an error and not a SIGBUS.
 */
export function memfdMemory(): CreateSharedMemory {
  const memfdCreate = libc.func('int memfd_create(const char *name, unsigned int flags)');
  const fcntl = libc.func('int fcntl(int fd, int command, ...)');
  const posixFallocate = libc.func('int posix_fallocate(int fd, int64_t offset, int64_t length)');
  const fallocate = libc.func('int fallocate(int fd, int mode, int64_t offset, int64_t length)');
  const madvise = libc.func('int madvise(void *address, size_t length, int advice)');

  const allocate = (fd: number, offset: number, length: number): void => {
    let error: number;
    do error = posixFallocate(fd, offset, length);
    while (error === EINTR);
    if (error !== 0) throw systemError('posix_fallocate', error);
  };

  const open = (fd: number, size: number): SharedMemory => {
    ftruncateSync(fd, size);
    if (fcntl(fd, F_ADD_SEALS, 'int', F_SEAL_SEAL_SHRINK_GROW) === -1) {
      throw systemError('fcntl(F_ADD_SEALS)');
    }
    const mapping = new Mapping(fd, size);
    return {
      fd,
      length: size,
      get bytes() {
        return mapping.bytes;
      },
      allocate(offset, length) {
        allocate(fd, offset, length);
        // Before Linux 5.14 there is no such advice, and pages are faulted in as they are written.
        madvise(mapping.address + BigInt(offset), length, MADV_POPULATE_WRITE);
      },
      discard: (offset, length) =>
        fallocate(fd, FALLOC_FL_KEEP_SIZE_PUNCH_HOLE, offset, length) === 0,
      close: closer(fd),
    };
  };

  return (size) => {
    const fd: number = memfdCreate('etl-arena', MFD_CLOEXEC_AND_ALLOW_SEALING);
    if (fd === -1) throw systemError('memfd_create');
    try {
      return open(fd, size);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  };
}
