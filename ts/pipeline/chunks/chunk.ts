import { RecordBatch, Table } from 'apache-arrow';
import { inOwnClasses } from '../../arrow/own-copy.js';
import type { Lent } from '../functions/lent.js';
import { misuse } from '../misuse.js';
import type { Judged } from './outcome.js';
import { TransformedRows } from './transformed-rows.js';

/** A chunk of rows: JSON values. */
export type Rows = readonly unknown[];

/** A chunk that is an Arrow table, or one record batch of one. */
export type TableChunk = Table | RecordBatch;

/** Rows of JSON values, or a table with columns of its own types. */
export type Chunk = readonly unknown[] | Table;

/** A chunk, or what a pipeline has made of one. */
export type Batch<T> = Rows | TableChunk | TransformedRows<T>;

/** The valid rows of a chunk: the very objects that went in. */
export type ValidRows<T> = readonly T[] & Judged;

/** The valid rows of a table, in its own types. */
export type ValidTable = Table & Judged & Lent;

/** A table's valid rows after the transformations, in the types of columnar outputs. */
export type TransformedTable = Table & Judged & Lent;

/** What `transform` gives for rows, or for a table. */
export type Transformed<T> = TransformedRows<T> | TransformedTable;

/** Whether a chunk is rows. */
export function isRows(chunk: Chunk): chunk is readonly unknown[] {
  return Array.isArray(chunk);
}

/**
 * A record batch as a table; all else as it is.
 *
 * @throws EtlError `INVALID_REQUEST` for what is no chunk.
 */
export function chunkOf<C>(method: string, chunk: C | RecordBatch): C | Table {
  if (chunk instanceof RecordBatch) return new Table([inOwnClasses(chunk)]);
  if (chunk instanceof Table) return inOwnClasses(chunk);
  const isChunk = Array.isArray(chunk) || chunk instanceof TransformedRows;
  if (!isChunk) throw misuse(`${method}: a chunk is an array of rows, or an Arrow table or batch`);
  return chunk;
}
