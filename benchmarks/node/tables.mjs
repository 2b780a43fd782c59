// Users to a data frame in Python and back: `node tables.mjs WAY FOLDER ROWS`.
import { answerOrders, timed } from './answer.mjs';
import { digestOf } from './digest.mjs';
import { openJsonLines } from './json-lines.mjs';
import { openPipeline } from './pipeline.mjs';
import { readRows, readTable } from './users.mjs';

const WARM_UP_ROWS = 1000;
const [way, folder, count] = process.argv.slice(2);

const ways = {
  'ours, objects': async () => throughPython(await readRows(folder, 0, Number(count))),
  'ours, table': async () => throughPython(readTable(folder, 0)),
  'JSON lines': async () => {
    const rows = await readRows(folder, 0, Number(count));
    const { exchange, close } = openJsonLines();
    return { rows, exchange, release: () => undefined, close };
  },
};

async function throughPython(rows) {
  const pipeline = await openPipeline(1);
  return {
    rows,
    exchange: (data) => pipeline.callPython('age_users', { data }),
    release: (table) => table.release(),
    close: () => pipeline.close(),
  };
}

const { rows, exchange, release, close } = await ways[way]();

/** There and back; gives the seconds, and how many bytes were copied on the reading sides. */
async function measure() {
  const { seconds, result } = await timed(() => exchange(rows));
  const { transfer } = result;
  release(result);
  return { seconds, bytes_copied: transfer?.bytesCopied };
}

async function digest() {
  const result = await exchange(rows);
  const digested = digestOf(result);
  release(result);
  return digested;
}

release(await exchange(rows.slice(0, WARM_UP_ROWS)));
await answerOrders({ exchange: measure, digest }, close);
