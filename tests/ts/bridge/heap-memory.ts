import type { SharedMemory } from '../../../ts/bridge/memory.js';

/** Memory of this process's own that tells what was asked of it, and may run out. */
export class HeapMemory implements SharedMemory {
  readonly fd = -1;
  readonly length: number;
  readonly bytes: Uint8Array;
  readonly asked: string[] = [];
  /** How many bytes the system still has. */
  available = Number.POSITIVE_INFINITY;
  canDiscard = true;

  constructor(length: number) {
    this.length = length;
    this.bytes = new Uint8Array(length);
  }

  allocate(offset: number, length: number): void {
    if (length > this.available) throw new Error('posix_fallocate: ENOSPC');
    this.available -= length;
    this.asked.push(`allocate ${offset}+${length}`);
  }

  discard(offset: number, length: number): boolean {
    if (!this.canDiscard) return false;
    this.available += length;
    this.bytes.fill(0, offset, offset + length);
    this.asked.push(`discard ${offset}+${length}`);
    return true;
  }

  close(): void {
    this.asked.push('close');
  }
}
