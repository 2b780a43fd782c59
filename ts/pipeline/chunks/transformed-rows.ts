import type { Table } from 'apache-arrow';
import { type Reader, readersOf } from '../../arrow/readers.js';
import type { Transfer } from '../../bridge/reply.js';
import type { ErrorRecord } from '../../schema/validate.js';
import type { Lent } from '../functions/lent.js';
import { misuse } from '../misuse.js';
import type { ChunkCounts, Judged } from './outcome.js';
import type { RecordReader } from './records.js';

/**
 * Rows that Python has transformed, in the order in which they came.
 *
 * They lie as Arrow columns in shared memory. A row is built when it is read, and only then: what
 * goes on to `save` is never built. `release`, `save`, and in `stream` the next item, give the
 * memory back, after which reading throws.
 */
export class TransformedRows<T> implements Iterable<T>, Judged, Lent {
  readonly errors: readonly ErrorRecord[];
  readonly errorsTruncated: boolean;
  readonly counts: ChunkCounts;
  readonly #table: Table & Lent;
  readonly #read: RecordReader;
  readonly #batches: { readonly from: number; readonly to: number; readonly readers: Reader[] }[];
  #released = false;

  constructor(table: Table & Lent, read: RecordReader, judged: Judged) {
    this.#table = table;
    this.#read = read;
    this.errors = judged.errors;
    this.errorsTruncated = judged.errorsTruncated;
    this.counts = judged.counts;
    let from = 0;
    this.#batches = table.batches.map((batch) => {
      const to = from + batch.numRows;
      const part = { from, to, readers: readersOf(batch) };
      from = to;
      return part;
    });
  }

  get length(): number {
    return this.#table.numRows;
  }

  /** The same rows as an Arrow table, in the same memory. */
  get table(): Table & Lent {
    this.#assertHeld();
    return this.#table;
  }

  get transfer(): Transfer {
    return this.#table.transfer;
  }

  /** The row at a place; from the end where it is negative, undefined where there is none. */
  at(index: number): T | undefined {
    this.#assertHeld();
    const place = index < 0 ? this.length + index : index;
    const batch = this.#batches.find(({ from, to }) => place >= from && place < to);
    return batch && this.#row(batch.readers, place - batch.from);
  }

  *[Symbol.iterator](): Generator<T, void> {
    for (const { from, to, readers } of this.#batches) {
      for (let index = 0; index < to - from; index += 1) {
        this.#assertHeld();
        yield this.#row(readers, index);
      }
    }
  }

  /** All rows, built: they outlive the memory. */
  toArray(): T[] {
    return [...this];
  }

  release(): void {
    this.#released = true;
    this.#table.release();
  }

  [Symbol.dispose](): void {
    this.release();
  }

  #row(readers: readonly Reader[], index: number): T {
    return this.#read(readers.map((read) => read(index))) as T;
  }

  #assertHeld(): void {
    if (this.#released) {
      throw misuse(
        'these rows were released: read them before they are saved, released, or passed in stream()',
      );
    }
  }
}
