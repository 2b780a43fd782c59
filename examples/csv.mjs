/**
 * CSV in, validated Parquet out, through the server's jobs.
 *
 * Two files that nobody here wrote: the FAA's reports of bird strikes (columns with names such as
 * `Cost Total $`, damage codes that the schema does not know) and the postal codes of the United
 * States (whose leading zeros have to survive). Their schemas are shared-schemas/records/*.json.
 */
import { copyFileSync, mkdirSync } from 'node:fs';
import { JobsClient, preview, startServer } from 'etl-polyglot';
import { follow, showOutput, showRejects } from './show.mjs';

const FILES = [
  { schema: 'birdstrike', file: 'birdstrikes.csv', transformations: ['normalize'] },
  { schema: 'zipcode', file: 'zipcodes.csv', transformations: ['normalize', 'deduplicate'] },
];

mkdirSync('data/input', { recursive: true });
const server = await startServer({
  PORT: '0',
  LOG_LEVEL: 'error',
  ETL_STATE_DIR: '.etl/examples/csv',
});
try {
  const jobs = new JobsClient(server.url);
  for (const { schema, file, transformations } of FILES) {
    copyFileSync(`node_modules/vega-datasets/data/${file}`, `data/input/${file}`);
    const target = `data/output/${schema}s.parquet`;
    const job = await follow(jobs, {
      source_type: 'csv',
      source_path: `data/input/${file}`,
      target_type: 'parquet',
      target_path: target,
      schema_name: schema,
      transformations,
      validation_mode: 'lenient', // bad records are set aside; the good ones are published
    });
    await showRejects(jobs, job);
    showOutput(job);
    console.table(await preview(target, 3));
  }
} finally {
  await server.close();
}
