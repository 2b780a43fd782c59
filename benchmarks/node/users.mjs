// The users of `users-PERCENT.ndjson` and `.arrow`, which `validation_data.py` writes.
import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { tableFromIPC } from 'apache-arrow';

/** The first `count` users as objects. */
export async function readRows(folder, percent, count) {
  const rows = [];
  for await (const line of createInterface({
    input: createReadStream(`${folder}/users-${percent}.ndjson`),
  })) {
    if (rows.push(JSON.parse(line)) === count) break;
  }
  return rows;
}

/** All of them as an Arrow table. */
export function readTable(folder, percent) {
  return tableFromIPC(readFileSync(`${folder}/users-${percent}.arrow`));
}
