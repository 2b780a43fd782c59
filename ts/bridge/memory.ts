import { closeSync } from 'node:fs';
import { markAsUntransferable } from 'node:worker_threads';

/** Memory that this process has mapped and a worker can map too, by its inherited descriptor. */
export interface SharedMemory {
  /** To be handed to the worker at spawn; closed by `closeFd`. */
  readonly fd: number;
  /** The whole mapping: one external ArrayBuffer, unmapped when nothing refers to it any more. */
  readonly bytes: Uint8Array;
  /** Closes this process's descriptor. The mapping stays, here and in the worker. */
  closeFd(): void;
}

/** @throws Error when the system has no memory left for it, or refuses it. */
export type CreateSharedMemory = (bytes: number) => SharedMemory;

// Linux: <linux/memfd.h>, <linux/fcntl.h>, <sys/mman.h>.
const MFD_CLOEXEC_AND_ALLOW_SEALING = 1 | 2;
const F_ADD_SEALS = 1033;
const F_SEAL_SEAL_SHRINK_GROW = 1 | 2 | 4;
const PROT_READ_WRITE = 1 | 2;
const MAP_SHARED = 1;
const MAP_FAILED = 0xffff_ffff_ffff_ffffn;

/**
 * The system calls behind shared memory, through koffi.
 *
 * Memory is an anonymous file (memfd): no name, no 64 MB /dev/shm, freed with its last holder. It
 * is really allocated, so a full system is an error here and not a SIGBUS later, and sealed, so a
 * worker cannot shrink it under our mapping.
 *
 * @throws Error where this system cannot do that, with the reason.
 */
export async function openSharedMemory(): Promise<CreateSharedMemory> {
  if (process.platform !== 'linux') throw new Error(`${process.platform} has no memfd`);
  const { default: koffi } = await import('koffi');
  const libc = koffi.load(null);
  const memfdCreate = libc.func('int memfd_create(const char *name, unsigned int flags)');
  const posixFallocate = libc.func('int posix_fallocate(int fd, int64_t offset, int64_t length)');
  const fcntl = libc.func('int fcntl(int fd, int command, ...)');
  const mmap = libc.func(
    'void *mmap(void *address, size_t length, int protection, int flags, int fd, int64_t offset)',
  );
  const munmap = libc.func('int munmap(void *address, size_t length)');

  const errorName = (errno: number): string =>
    Object.entries(koffi.os.errno).find(([, value]) => value === errno)?.[0] ?? `errno ${errno}`;
  const unreachable = new FinalizationRegistry<{ address: bigint; length: number }>((mapping) => {
    munmap(mapping.address, mapping.length);
  });

  const map = (fd: number, length: number): Uint8Array => {
    const unallocated: number = posixFallocate(fd, 0, length);
    if (unallocated !== 0) throw new Error(`posix_fallocate: ${errorName(unallocated)}`);
    if (fcntl(fd, F_ADD_SEALS, 'int', F_SEAL_SEAL_SHRINK_GROW) === -1) {
      throw new Error(`fcntl(F_ADD_SEALS): ${errorName(koffi.errno())}`);
    }
    const address: bigint | null = mmap(null, length, PROT_READ_WRITE, MAP_SHARED, fd, 0);
    // A view of either value ends the process, with nothing to catch.
    if (address === null || address === MAP_FAILED) {
      throw new Error(`mmap: ${errorName(koffi.errno())}`);
    }
    const buffer = koffi.view(address, length);
    // A transferred buffer would leave this one collectable while its memory is still read.
    markAsUntransferable(buffer);
    unreachable.register(buffer, { address, length });
    return new Uint8Array(buffer);
  };

  return (length) => {
    const fd: number = memfdCreate('etl-arena', MFD_CLOEXEC_AND_ALLOW_SEALING);
    if (fd === -1) throw new Error(`memfd_create: ${errorName(koffi.errno())}`);
    try {
      return { fd, bytes: map(fd, length), closeFd: () => closeSync(fd) };
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  };
}
