import { type Data, makeData, Utf8 } from 'apache-arrow';
import { ColumnWriter, grown } from './column.js';

const LARGEST_OFFSET = 2 ** 31 - 1;
/** Up to this length a loop over the characters beats the call into the native encoder. */
const SHORT_STRING = 24;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** A column whose values lie one behind the other, told apart by their offsets. */
export abstract class OffsetWriter extends ColumnWriter {
  protected offsets = new Int32Array(65);

  /** Where the last value ends. */
  protected abstract end: number;

  protected skip(): void {
    this.offsets = grown(this.offsets, this.length + 2, Int32Array);
    this.offsets[this.length + 1] = this.end;
  }

  protected start(length: number): number {
    return this.offsets[length] ?? 0;
  }
}

export class StringWriter extends OffsetWriter {
  readonly type = new Utf8();
  protected end = 0;
  #bytes = Buffer.alloc(1024);

  write(value: unknown): boolean {
    return typeof value === 'string' && this.append(value);
  }

  protected append(text: string): boolean {
    if (this.end + text.length * 3 > this.#bytes.length) this.#grow(text);
    if (this.#short(text)) {
      this.end += text.length;
    } else {
      // It has no UTF-8, but JSON text can carry it.
      if (LONE_SURROGATE.test(text)) return false;
      this.end += this.#bytes.write(text, this.end);
    }
    this.skip();
    this.mark(true);
    return true;
  }

  protected cut(length: number): void {
    this.end = this.start(length);
  }

  protected data(nullBitmap: Uint8Array): Data {
    return makeData({
      type: this.type,
      length: this.length,
      nullBitmap,
      valueOffsets: this.offsets.subarray(0, this.length + 1),
      data: this.#bytes.subarray(0, this.end),
    });
  }

  /** Writes a short ASCII string; false when it is neither, with nothing kept. */
  #short(text: string): boolean {
    if (text.length > SHORT_STRING) return false;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code > 127) return false;
      this.#bytes[this.end + index] = code;
    }
    return true;
  }

  #grow(text: string): void {
    const needed = this.end + Buffer.byteLength(text);
    if (needed > LARGEST_OFFSET) throw new RangeError('a column of text has more than 2 GiB');
    const larger = Buffer.alloc(Math.max(this.#bytes.length * 2, this.end + text.length * 3));
    larger.set(this.#bytes.subarray(0, this.end));
    this.#bytes = larger;
  }
}

/** Values that no single Arrow type holds, each as its JSON text. */
export class JsonWriter extends StringWriter {
  override write(value: unknown): boolean {
    const text = JSON.stringify(value) as string | undefined;
    return text !== undefined && this.append(text);
  }
}
