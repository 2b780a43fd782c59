import type { Table } from 'apache-arrow';
import { jsonText } from '../../arrow/json-text.js';
import { readersOf } from '../../arrow/readers.js';
import { type Chunk, isRows } from './chunk.js';

/** Gives the rows of a chunk as JSON text, by their places; cheapest in ascending order. */
export function rawRows(chunk: Chunk): (index: number) => string {
  return isRows(chunk) ? (index) => jsonText(chunk[index]) : rawRowsOfTable(chunk);
}

function rawRowsOfTable({ batches, schema }: Table): (index: number) => string {
  let from = 0;
  const parts = batches.map((batch) => {
    const part = { batch, from, to: from + batch.numRows };
    from = part.to;
    return part;
  });
  let last = parts[0];
  let readers = last ? readersOf(last.batch) : [];
  return (index) => {
    const part = parts.find(({ to }) => index < to);
    if (part !== last && part) readers = readersOf(part.batch);
    last = part;
    const place = index - (part?.from ?? 0);
    const values = schema.names.map((name, at) => [name, readers[at]?.(place) ?? null]);
    return JSON.stringify(Object.fromEntries(values));
  };
}
