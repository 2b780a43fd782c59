// One digest of rows, whether they are objects or lie in an Arrow table.
import { createHash } from 'node:crypto';
import { Vector } from 'apache-arrow';

const ROWS_AT_A_TIME = 10_000;

/** Plain rows of a table, or of anything that can be iterated; members that are null are absent. */
export function* plainRows(rows) {
  for (const row of rows) {
    const members = {};
    for (const key of Object.keys(row.toJSON?.() ?? row).sort()) {
      const value = plain(row[key]);
      if (value !== null && value !== undefined) members[key] = value;
    }
    yield members;
  }
}

/** How many rows there are, and a hash of them in their order. */
export function digestOf(rows) {
  const hash = createHash('sha256');
  let count = 0;
  let text = '';
  for (const row of plainRows(rows)) {
    text += `${JSON.stringify(row)}\n`;
    count += 1;
    if (count % ROWS_AT_A_TIME === 0) {
      hash.update(text);
      text = '';
    }
  }
  return { count, hash: hash.update(text).digest('hex') };
}

function plain(value) {
  if (typeof value === 'bigint') return Number(value);
  return value instanceof Vector ? Array.from(value, plain) : value;
}
