/**
 * Three million flights, chunk by chunk: no step holds the whole file.
 *
 * The source's row groups are read, checked and written in turn while the progress is followed;
 * records with an impossible delay are set aside with their row group and row.
 */
import { copyFileSync, mkdirSync } from 'node:fs';
import { JobsClient, preview, startServer } from 'etl-polyglot';
import { follow, showOutput, showRejects } from './show.mjs';

const source = 'data/input/flights.parquet';
const target = 'data/output/flights.parquet';

mkdirSync('data/input', { recursive: true });
copyFileSync('node_modules/vega-datasets/data/flights-3m.parquet', source);
const server = await startServer({
  PORT: '0',
  LOG_LEVEL: 'error',
  ETL_STATE_DIR: '.etl/examples/streaming',
});
try {
  const jobs = new JobsClient(server.url);
  const job = await follow(jobs, {
    source_type: 'parquet',
    source_path: source,
    target_type: 'parquet',
    target_path: target,
    schema_name: 'flight',
    validation_mode: 'lenient',
    max_error_rate: 0.01, // more than one bad record in a hundred would fail the job
  });
  await showRejects(jobs, job);
  showOutput(job);
  console.table(await preview(target, 5));
} finally {
  await server.close();
}
