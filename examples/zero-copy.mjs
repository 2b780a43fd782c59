/**
 * Zero-copy frames: pandas works on a table of this process where it lies.
 *
 * 200,000 flights in Arrow's own format go to a function of examples/python/flights.py by shared
 * memory; its answer is read where Python wrote it. The same way as JSON is timed for comparison.
 */
import { readFileSync } from 'node:fs';
import { tableFromIPC } from 'apache-arrow';
import { Pipeline } from 'etl-polyglot';

const flights = tableFromIPC(readFileSync('node_modules/vega-datasets/data/flights-200k.arrow'));
const pipeline = await Pipeline.open({
  workers: 1,
  settings: { ETL_PYTHON_DIR: 'examples/python', ETL_STATE_DIR: '.etl/examples/library' },
});
try {
  const call = () => pipeline.callPython('delays_by_distance', { data: flights, step: 500 });
  (await call()).delays.release(); // The first call waits for the worker, which imports pandas.

  const begun = performance.now();
  const { delays, flights: count, late } = await call();
  const took = performance.now() - begun;
  const { path, bytesMapped, bytesCopied } = delays.transfer;
  console.log(`${count} flights, ${(late * 100).toFixed(1)} % of them more than 15 minutes late`);
  console.log(
    `${path}: ${bytesMapped} bytes mapped, ${bytesCopied} bytes copied, ${took.toFixed(1)} ms with pandas' own work`,
  );
  console.table(delays.toArray().map((row) => ({ ...row.toJSON(), count: Number(row.count) })));
  delays.release(); // Its memory is Python's again; without this it is when nothing refers to it.

  const json = performance.now();
  const text = JSON.stringify(flights.toArray());
  JSON.parse(text);
  console.log(
    `as JSON: ${text.length} bytes, ${(performance.now() - json).toFixed(1)} ms to write and to parse alone`,
  );

  // What is built in: the transformations of jobs, on any table.
  const transformed = await pipeline.callPython('transform_batch', {
    data: flights,
    transformations: ['deduplicate'],
  });
  console.log(`${transformed.numRows} of them differ from each other`);
  transformed.release();
} finally {
  await pipeline.close();
}
