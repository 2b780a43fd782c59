import type { Column, ColumnBuffer, Columns } from './columns.js';
import { aligned, type BatchDescription } from './messages.js';

/** The buffers of one column; those that its kind does not have are empty. */
export interface ColumnMemory {
  validity: Uint8Array;
  offsets: Int32Array;
  values: Int32Array | Float64Array | Buffer;
}

const NOTHING = { validity: new Uint8Array(0), offsets: new Int32Array(0) };
const NO_VALUES = {
  integer: new Int32Array(0),
  number: new Float64Array(0),
  bytes: Buffer.alloc(0),
};

/** Memory without any room, in which a writer only counts. */
export function noMemory({ all }: Columns): ColumnMemory[] {
  return all.map(({ storage }) => {
    const isWide = storage === 'integer' || storage === 'number';
    return { ...NOTHING, values: NO_VALUES[isWide ? storage : 'bytes'] };
  });
}

/**
 * Where the buffers of a record batch lie in its body: one behind the other and aligned.
 *
 * How many bytes a column of text and how many items a list has, `ends` says by the column's id.
 */
export class BatchRegions {
  /** How long a body is in which they all lie. */
  readonly length: number;
  readonly #columns: Columns;
  readonly #rows: number;
  readonly #offsets: number[] = [];
  readonly #lengths: readonly number[];

  constructor(columns: Columns, rows: number, ends: readonly number[]) {
    this.#columns = columns;
    this.#rows = rows;
    this.#lengths = columns.buffers.map((buffer) => lengthOf(buffer, rows, ends));
    let end = 0;
    for (const length of this.#lengths) {
      this.#offsets.push(aligned(end));
      end = aligned(end) + length;
    }
    this.length = aligned(end, 8);
  }

  /** The buffers in a body, ready to be written. */
  in({ buffer, byteOffset }: Uint8Array): ColumnMemory[] {
    const memory = noMemory(this.#columns);
    for (const [index, { column, part }] of this.#columns.buffers.entries()) {
      const offset = byteOffset + (this.#offsets[index] ?? 0);
      const length = this.#lengths[index] ?? 0;
      const buffers = memory[column.id];
      if (buffers === undefined) continue;
      if (part === 'values') {
        buffers.values = valuesIn(column, buffer, offset, length);
      } else if (part === 'offsets') {
        buffers.offsets = new Int32Array(buffer, offset, length / 4);
        buffers.offsets[0] = 0;
      } else {
        buffers.validity = new Uint8Array(buffer, offset, length);
        if (column.list === undefined) buffers.validity.fill(0xff);
      }
    }
    return memory;
  }

  /** What the batch's message says of columns that are written and end so. */
  describe(memory: readonly ColumnMemory[], ends: readonly number[]): BatchDescription {
    const rows = this.#rows;
    const nodes = this.#columns.all.flatMap((column) => {
      const length = valueCount(column, rows, ends);
      return [length, nullCount(memory[column.id]?.validity ?? NOTHING.validity, length)];
    });
    let bodyLength = 0;
    const buffers = this.#columns.buffers.flatMap((buffer, index) => {
      const offset = this.#offsets[index] ?? 0;
      const length = lengthOf(buffer, rows, ends);
      bodyLength = aligned(offset + length, 8);
      return [offset, length];
    });
    return { rows, bodyLength, nodes, buffers };
  }
}

function lengthOf({ column, part }: ColumnBuffer, rows: number, ends: readonly number[]): number {
  const values = valueCount(column, rows, ends);
  if (part === 'validity') return column.hasNulls ? Math.ceil(values / 8) : 0;
  if (part === 'offsets') return (values + 1) * 4;
  switch (column.storage) {
    case 'integer':
    case 'number':
      return values * 8;
    case 'boolean':
      return Math.ceil(values / 8);
    default:
      return ends[column.id] ?? 0;
  }
}

function valueCount({ list }: Column, rows: number, ends: readonly number[]): number {
  return list === undefined ? rows : (ends[list.id] ?? 0);
}

/** How many of a column's first values a bitmap says are none; without one, none is. */
function nullCount(bitmap: Uint8Array, values: number): number {
  if (bitmap.length === 0) return 0;
  let valid = 0;
  for (let first = 0; first < values; first += 8) {
    const bits = (bitmap[first >> 3] ?? 0) & (0xff >> Math.max(0, first + 8 - values));
    valid += POPULATION[bits] ?? 0;
  }
  return values - valid;
}

/** How many bits are set in each byte. */
const POPULATION = Uint8Array.from({ length: 256 }, (_, byte) => {
  let count = 0;
  for (let bits = byte; bits !== 0; bits &= bits - 1) count += 1;
  return count;
});

function valuesIn(
  { storage }: Column,
  buffer: ArrayBufferLike,
  offset: number,
  length: number,
): ColumnMemory['values'] {
  if (storage === 'integer') return new Int32Array(buffer, offset, length / 4);
  if (storage === 'number') return new Float64Array(buffer, offset, length / 8);
  return Buffer.from(buffer, offset, length);
}
