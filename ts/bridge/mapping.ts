import { closeSync } from 'node:fs';
import { markAsUntransferable } from 'node:worker_threads';
import koffi from 'koffi';

/** <sys/mman.h>, the same on Linux and macOS. */
const PROT_READ_WRITE = 1 | 2;
const MAP_SHARED = 1;
const MAP_FAILED = 0xffff_ffff_ffff_ffffn;

export const libc = koffi.load(null);

const mmap = libc.func(
  'void *mmap(void *address, size_t length, int protection, int flags, int fd, int64_t offset)',
);
const munmap = libc.func('int munmap(void *address, size_t length)');

/** What keeps the mapping of a view alive. */
const mappingOf = new WeakMap<ArrayBufferLike, Mapping>();
const unreachable = new FinalizationRegistry<{ address: bigint; length: number }>((mapping) => {
  munmap(mapping.address, mapping.length);
});

/** What a failed call of the C library says, by the name of its error. */
export function systemError(call: string, errno: number = koffi.errno()): Error {
  const name = Object.entries(koffi.os.errno).find(([, value]) => value === errno)?.[0];
  return new Error(`${call}: ${name ?? `errno ${errno}`}`);
}

/**
 * A range of this process's addresses that shows a file's bytes, to be read and written by all who
 * map it, until nothing refers to it or to its ArrayBuffer any more.
 */
export class Mapping {
  readonly address: bigint;
  readonly length: number;
  #bytes: Uint8Array | undefined;

  /** @throws Error when the system refuses. */
  constructor(fd: number, length: number) {
    const address: bigint | null = mmap(null, length, PROT_READ_WRITE, MAP_SHARED, fd, 0);
    // A view of either value ends the process, with nothing to catch.
    if (address === null || address === MAP_FAILED) throw systemError('mmap');
    this.address = address;
    this.length = length;
    unreachable.register(this, { address, length });
  }

  /**
   * Its one view, made when it is first asked for: V8 takes all of it for memory in use, and
   * answers so much of it with two full collections.
   */
  get bytes(): Uint8Array {
    this.#bytes ??= this.#view();
    return this.#bytes;
  }

  #view(): Uint8Array {
    const buffer = koffi.view(this.address, this.length);
    // A transferred buffer would leave this one collectable while its memory is still read.
    markAsUntransferable(buffer);
    mappingOf.set(buffer, this);
    return new Uint8Array(buffer);
  }
}

/** Closes a descriptor once, however often it is called: its number may be another's by then. */
export function closer(fd: number): () => void {
  let open = true;
  return () => {
    if (open) closeSync(fd);
    open = false;
  };
}
