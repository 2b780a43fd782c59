import { bytesOf, type WritableBody } from '../bridge/body.js';
import type { Layout } from '../schema/layout.js';
import { BatchRegions, type ColumnMemory, noMemory } from './column-memory.js';
import { type Columns, columnsOf, withoutSetAside } from './columns.js';
import { estimateEnds, type Measure } from './estimate.js';
import { jsonText } from './json-text.js';
import { type BatchDescription, END_OF_STREAM, StreamHead } from './messages.js';
import { appendText, measureText } from './text.js';
import { writerSource } from './writer-source.js';

/** Lays rows out in columns and returns where text and lists end there, or would, by their ids. */
type WriteRows = (rows: readonly unknown[], memory: readonly ColumnMemory[]) => number[];

/** A function that is called often is optimised sooner and better than one with a long loop. */
const ROWS_PER_CALL = 256;
const LARGEST_OFFSET = 2 ** 31 - 1;
/** Room for rows that are set aside, though no row of a sample was: a part of all other room. */
const ROOM_FOR_SET_ASIDE = 1 / 64;

/** Writes rows of one layout as Arrow. */
export interface RowEncoder {
  /** Returns rows as a body that writes itself. They must not change until it is sent. */
  body(rows: readonly unknown[]): RowsBody;
  /**
   * Returns rows as a body without the column `$row`, for those who take no others.
   *
   * Its `write` throws a MisfitError for a row that does not fit its columns.
   */
  exactBody(rows: readonly unknown[]): WritableBody;
}

/** A row does not fit the columns of its layout. */
export class MisfitError extends Error {
  override readonly name = 'MisfitError';
  /** The row's, from 0. */
  readonly index: number;

  constructor(index: number) {
    super(`row ${index} does not fit its columns`);
    this.index = index;
  }
}

/**
 * Compiles an encoder of rows: a function made for the layout, as fast as one written by hand.
 *
 * It writes one Arrow IPC stream with one record batch. The batch has the layout's columns, in
 * which a null means that the member is absent (or null, where the schema admits that), and as
 * its last column `$row`. A row that does not fit its columns (a string in an integer field, a
 * null where none may be, a key without a column that matters) is all nulls there, and `$row`
 * has its JSON text.
 *
 * @example
 * const encoder = compileEncoder(schema.layout);
 * await pool.call('validate_rows', params, { body: encoder.body(rows) });
 */
export function compileEncoder(layout: Layout): RowEncoder {
  const columns = columnsOf(layout);
  const source = writerSource(columns, layout.closed);
  const measure = compiled(source, measureText, columns);
  const without = noMemory(columns);
  const compiledLayout = {
    columns,
    write: compiled(source, appendText, columns),
    measure: (rows: readonly unknown[]) => measure(rows, without),
    head: new StreamHead(columns.schema, columns.all.length, columns.buffers.length),
  };
  const { schema, nodes, buffers } = withoutSetAside(columns);
  const exactLayout = { ...compiledLayout, head: new StreamHead(schema, nodes, buffers) };
  return {
    body: (rows) => new RowsBody(rows, compiledLayout),
    exactBody: (rows) => new RowsBody(rows, exactLayout, refuse),
  };
}

/** Writes rows as one Arrow IPC stream, as {@link compileEncoder} describes it. */
export function encodeRows(layout: Layout, rows: readonly unknown[]): Uint8Array {
  return bytesOf(compileEncoder(layout).body(rows));
}

interface CompiledLayout {
  readonly columns: Columns;
  readonly head: StreamHead;
  readonly write: WriteRows;
  readonly measure: Measure;
}

/** Refuses rows that were set aside; `validity` says which those are. */
function refuse(validity: Uint8Array): never {
  const byte = validity.findIndex((bits) => bits !== 0);
  const bit = 31 - Math.clz32((validity[byte] ?? 0) & -(validity[byte] ?? 0));
  throw new MisfitError(byte * 8 + bit);
}

/** Rows that write themselves as an Arrow IPC stream. */
export class RowsBody implements WritableBody {
  readonly #rows: readonly unknown[];
  readonly #layout: CompiledLayout;
  readonly #onSetAside: ((validity: Uint8Array) => never) | undefined;
  #ends: number[];
  #regions: BatchRegions;
  #setAside = 0;

  /** @param onSetAside - called with the bits of the rows set aside, if there are any. */
  constructor(
    rows: readonly unknown[],
    layout: CompiledLayout,
    onSetAside?: (validity: Uint8Array) => never,
  ) {
    this.#rows = rows;
    this.#layout = layout;
    this.#onSetAside = onSetAside;
    const { columns, measure } = layout;
    const ends = estimateEnds(rows, measure);
    const { length } = new BatchRegions(columns, rows.length, ends);
    ends[columns.setAside.id] = (ends[columns.setAside.id] ?? 0) + length * ROOM_FOR_SET_ASIDE;
    this.#ends = ends.map(Math.ceil);
    this.#regions = new BatchRegions(columns, rows.length, this.#ends);
  }

  get capacity(): number {
    return this.#layout.head.length + this.#regions.length + END_OF_STREAM.length;
  }

  /** How many rows did not fit their columns, once they are written. */
  get setAside(): number {
    return this.#setAside;
  }

  /**
   * Writes the rows to the start of `target`.
   *
   * @returns how many bytes they take, or undefined when those do not suffice.
   * @throws RangeError when a column has 2 GiB of text, or 2^31 items of lists.
   */
  write(target: Uint8Array): number | undefined {
    const { head, columns, write } = this.#layout;
    const body = target.subarray(head.length);
    while (this.capacity <= target.length) {
      const memory = this.#regions.in(body);
      const ends = write(this.#rows, memory);
      if (ends.some((end) => end > LARGEST_OFFSET)) {
        throw new RangeError('a column has 2 GiB of text or 2^31 items: encode fewer rows at once');
      }
      if (ends.every((end, id) => end <= (this.#ends[id] ?? 0))) {
        const length = this.#finish(target, this.#regions.describe(memory, ends));
        const { validity } = memory[columns.setAside.id] ?? {};
        if (this.#setAside > 0 && validity) this.#onSetAside?.(validity);
        return length;
      }
      this.#ends = ends.map((end, id) => Math.max(end, this.#ends[id] ?? 0));
      this.#regions = new BatchRegions(columns, this.#rows.length, this.#ends);
    }
    return undefined;
  }

  #finish(target: Uint8Array, batch: BatchDescription): number {
    const { head, columns } = this.#layout;
    const notSetAside = batch.nodes[columns.setAside.id * 2 + 1] ?? 0;
    this.#setAside = batch.rows - notSetAside;
    head.write(target, batch);
    target.set(END_OF_STREAM, head.length + batch.bodyLength);
    return head.length + batch.bodyLength + END_OF_STREAM.length;
  }
}

function compiled(source: string, append: typeof appendText, columns: Columns): WriteRows {
  const outside = {
    appendText: append,
    floor: Math.floor,
    hasOwn: Object.hasOwn,
    isArray: Array.isArray,
    isFinite: Number.isFinite,
    isSafeInteger: Number.isSafeInteger,
    jsonText,
    textOf,
  };
  const write = new Function(...Object.keys(outside), source)(...Object.values(outside));
  return (rows, memory) => {
    const ends = columns.all.map(() => 0);
    for (let begin = 0; begin < rows.length; begin += ROWS_PER_CALL) {
      write(rows, begin, Math.min(begin + ROWS_PER_CALL, rows.length), memory, ends);
    }
    return ends;
  };
}

/** The JSON text of a member; undefined where it has none. */
function textOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
