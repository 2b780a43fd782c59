import { type Table, tableFromIPC } from 'apache-arrow';
import { rowsOf } from './rows.js';

/**
 * Opens an Arrow IPC stream or file as a table whose vectors are views of these bytes.
 *
 * Nothing is copied, unless the bytes begin at no multiple of 8 in their buffer: then the bodies
 * of the batches are, once. The table lasts as long as the bytes do: that of a reply until its
 * `release()`.
 */
export function decodeTable(bytes: Uint8Array): Table {
  return tableFromIPC(bytes);
}

/**
 * Reads an Arrow IPC stream or file as rows of JSON values.
 *
 * Integers are numbers where those are exact, else strings; decimals are text with all digits of
 * their scale; timestamps, dates and times are ISO 8601 text with all their digits; binary is
 * base64; a null is null, and so are NaN and the infinities, which JSON does not have.
 */
export function decodeRows(body: Uint8Array): Record<string, unknown>[] {
  return Array.from(rowsOf(decodeTable(body)), (row) => row.toJSON());
}
