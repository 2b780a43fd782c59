// Users judged by plain Zod, or by both sides: `node dual.mjs (zod|dual) FOLDER ROWS`.
import assert from 'node:assert/strict';
import { UserRecordSchema } from '../../dist/index.js';
import { RowJudge } from '../../dist/pipeline/row-judge.js';
import { answerOrders, timed } from './answer.mjs';
import { openPool } from './pool.mjs';
import { readRows } from './users.mjs';

// A server's code is compiled after its first requests; either way gets as many rows for that.
const WARM_UP_ROWS = 100_000;
const [way, folder, count] = process.argv.slice(2);
const rows = await readRows(folder, 0, Number(count));
const pool = way === 'dual' ? await openPool(2) : undefined;

const ways = {
  zod: (users) => {
    let bad = 0;
    for (const user of users) if (!UserRecordSchema.safeParse(user).success) bad += 1;
    return bad;
  },
  dual: async (users) => {
    const judge = new RowJudge({
      schema: pool.registry.get('user'),
      mode: 'dual',
      maxErrors: 1000,
      pool,
      signal: new AbortController().signal,
      log: pool.log,
    });
    await judge.push(users);
    const { invalid, layers } = await judge.finish();
    assert.equal(layers.pydantic.valid_records, users.length);
    assert.equal(layers.zod.valid_records, users.length);
    return invalid;
  },
};

/** Judges all rows; gives the seconds that it took. */
async function judge() {
  const { seconds, result } = await timed(() => ways[way](rows));
  assert.equal(result, 0);
  return seconds;
}

for (let pass = 0; pass < 2; pass += 1) await ways[way](rows.slice(0, WARM_UP_ROWS));
await answerOrders({ judge }, () => pool?.close());
