import { Bool, type Data, Float64, Int64, makeData } from 'apache-arrow';
import { ColumnWriter, grown } from './column.js';

export class IntegerWriter extends ColumnWriter {
  readonly type = new Int64();
  /** Low and high words: a BigInt for each value would cost more than everything else. */
  #words = new Int32Array(128);

  write(value: unknown): boolean {
    if (!Number.isSafeInteger(value)) return false;
    this.#put(value as number);
    this.mark(true);
    return true;
  }

  protected skip(): void {
    this.#put(0);
  }

  protected cut(): void {}

  protected data(nullBitmap: Uint8Array): Data {
    const values = new BigInt64Array(this.#words.buffer, 0, this.length);
    return makeData({ type: this.type, length: this.length, nullBitmap, data: values });
  }

  #put(value: number): void {
    const at = this.length * 2;
    this.#words = grown(this.#words, at + 2, Int32Array);
    this.#words[at] = value;
    this.#words[at + 1] = Math.floor(value / 2 ** 32);
  }
}

export class NumberWriter extends ColumnWriter {
  readonly type = new Float64();
  #values = new Float64Array(64);

  write(value: unknown): boolean {
    if (!Number.isFinite(value)) return false;
    this.#put(value as number);
    this.mark(true);
    return true;
  }

  protected skip(): void {
    this.#put(0);
  }

  protected cut(): void {}

  protected data(nullBitmap: Uint8Array): Data {
    const data = this.#values.subarray(0, this.length);
    return makeData({ type: this.type, length: this.length, nullBitmap, data });
  }

  #put(value: number): void {
    this.#values = grown(this.#values, this.length + 1, Float64Array);
    this.#values[this.length] = value;
  }
}

export class BooleanWriter extends ColumnWriter {
  readonly type = new Bool();
  #bits = new Uint8Array(64);

  write(value: unknown): boolean {
    if (typeof value !== 'boolean') return false;
    this.#put(value);
    this.mark(true);
    return true;
  }

  protected skip(): void {
    this.#put(false);
  }

  protected cut(): void {}

  protected data(nullBitmap: Uint8Array): Data {
    return makeData({ type: this.type, length: this.length, nullBitmap, data: this.#bits });
  }

  #put(value: boolean): void {
    const byte = this.length >> 3;
    this.#bits = grown(this.#bits, byte + 1, Uint8Array);
    const bit = 1 << (this.length & 7);
    const bits = this.#bits[byte] ?? 0;
    this.#bits[byte] = value ? bits | bit : bits & ~bit;
  }
}
