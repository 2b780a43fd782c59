// What is measured in Node: `node validation_node.mjs NAME FOLDER PERCENT ROWS` prints how many of
// the users it found bad, then the seconds of the work alone.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { BUILT_IN } from '../dist/generated/records/index.js';
import { validateRows } from '../dist/schema/validate.js';

const WARM_UP_ROWS = 5000;
const user = { name: 'user', ...BUILT_IN.user };

const contestants = {
  zod: (rows) => {
    const bad = [];
    for (const [index, row] of rows.entries()) {
      const { error } = user.zod.safeParse(row);
      if (error) bad.push([index, error.issues]);
    }
    return bad.length;
  },
  'ours in Node': (rows) => validateRows(user, rows, { maxErrors: Infinity }).invalid,
};

const [name, folder, percent, count] = process.argv.slice(2);
const rows = [];
for await (const line of createInterface({
  input: createReadStream(`${folder}/users-${percent}.ndjson`),
})) {
  if (rows.push(JSON.parse(line)) === Number(count)) break;
}
contestants[name](rows.slice(0, WARM_UP_ROWS));
const began = performance.now();
const bad = contestants[name](rows);
const seconds = (performance.now() - began) / 1000;
console.log(bad);
console.log(seconds);
