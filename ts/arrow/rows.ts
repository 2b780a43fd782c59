import type { Schema, Table } from 'apache-arrow';
import { type Reader, readersOf } from './readers.js';

/** A row of a table: its members are read from the columns when they are asked for. */
export interface Row {
  readonly [column: string]: unknown;
  /** The whole row as an object of JSON values. */
  toJSON(): Record<string, unknown>;
}

/**
 * Iterates a table's rows without building them: a row is a place in the table with a getter for
 * each column, and the values are JSON's, as {@link decodeRows} gives them.
 *
 * A row lasts as long as its table. Keep `row.toJSON()` to keep the values. A column called
 * `toJSON` is to be found there alone.
 *
 * @example
 * for (const row of rowsOf(reply.table)) total += row.amount;
 */
export function* rowsOf(table: Table): Generator<Row, void, undefined> {
  const RowOfTable = rowClass(table.schema);
  for (const batch of table.batches) {
    if (batch.numRows === 0) continue;
    const readers = readersOf(batch);
    for (let index = 0; index < batch.numRows; index += 1) yield new RowOfTable(readers, index);
  }
}

type RowClass = new (readers: readonly Reader[], index: number) => Row;

function rowClass({ names }: Schema): RowClass {
  class RowOfTable {
    readonly #readers: readonly Reader[];
    readonly #index: number;

    constructor(readers: readonly Reader[], index: number) {
      this.#readers = readers;
      this.#index = index;
    }

    toJSON(): Record<string, unknown> {
      return Object.fromEntries(names.map((name, column) => [name, this.#read(column)]));
    }

    static {
      for (const [column, name] of names.entries()) {
        if (name === 'toJSON') continue;
        Object.defineProperty(RowOfTable.prototype, name, {
          get(this: RowOfTable) {
            return this.#read(column);
          },
          enumerable: true,
          configurable: true,
        });
      }
    }

    #read(column: number): unknown {
      return this.#readers[column]?.(this.#index);
    }
  }
  return RowOfTable as unknown as RowClass;
}
