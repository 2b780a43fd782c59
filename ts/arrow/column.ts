import type { Data, DataType } from 'apache-arrow';

/** The array itself, or a larger copy when it has no room for `needed` elements. */
export function grown<T extends Uint8Array | Int32Array | Float64Array>(
  array: T,
  needed: number,
  create: new (length: number) => T,
): T {
  if (needed <= array.length) return array;
  const larger = new create(Math.max(needed, array.length * 2, 64));
  larger.set(array);
  return larger;
}

/** Writes values of one column into Arrow's memory layout, row after row. */
export abstract class ColumnWriter {
  abstract readonly type: DataType;
  #validity = new Uint8Array(64);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Appends a value, or says false and leaves an unfinished tail that `truncate` must drop. */
  abstract write(value: unknown): boolean;
  /** Makes the place of a value that is absent. */
  protected abstract skip(): void;
  /** Drops what stands at and after `length`. */
  protected abstract cut(length: number): void;
  /** The column's buffers, for `makeData`. */
  protected abstract data(nullBitmap: Uint8Array): Data;

  writeNull(): void {
    this.skip();
    this.mark(false);
  }

  truncate(length: number): void {
    this.cut(length);
    this.#length = length;
  }

  finish(): Data {
    return this.data(this.#validity);
  }

  protected mark(valid: boolean): void {
    const byte = this.#length >> 3;
    this.#validity = grown(this.#validity, byte + 1, Uint8Array);
    const bit = 1 << (this.#length & 7);
    const bits = this.#validity[byte] ?? 0;
    this.#validity[byte] = valid ? bits | bit : bits & ~bit;
    this.#length += 1;
  }
}
