// A table of doubles one way, `node gigabyte.mjs DOUBLES`, and a copy of as many bytes within Node.
import assert from 'node:assert/strict';
import { makeVector, Table } from 'apache-arrow';
import { answerOrders, timed } from './answer.mjs';
import { openPipeline } from './pipeline.mjs';

const COLUMNS = 8;

const rows = Number(process.argv[2]) / COLUMNS;
const columns = Array.from({ length: COLUMNS }, (_, column) =>
  Float64Array.from({ length: rows }, (_, row) => row * (column + 1)),
);
const table = new Table(
  Object.fromEntries(columns.map((values, column) => [`c${column}`, makeVector(values)])),
);
const copies = columns.map((values) => new Float64Array(values.length));
const pipeline = await openPipeline(1);

/** Python opens the table and reads the first and the last value of each column. */
async function send() {
  const { seconds, result } = await timed(() => pipeline.callPython('ends', { data: table }));
  const ends = columns.map((values) => [values.at(0), values.at(-1)]);
  assert.deepEqual(result, ends);
  return seconds;
}

/** Every value has arrived, and the arena is warm. */
async function check() {
  const sums = await pipeline.callPython('sums', { data: table });
  const expected = columns.map((_, column) => ((rows * (rows - 1)) / 2) * (column + 1));
  assert.deepEqual(sums, expected);
}

async function copy() {
  const { seconds } = await timed(() => {
    for (const [column, values] of columns.entries()) copies[column].set(values);
  });
  return seconds;
}

await copy();
await answerOrders({ check, send, copy }, () => pipeline.close());
