/**
 * A JSON array judged by both languages, then taken in.
 *
 * vega's movies.json has numbers as titles (1776, 300) and a title that is null: errors that a
 * loader which guesses types would turn into strings without a word.
 */
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { JobsClient, preview, startServer } from 'etl-polyglot';
import { follow, showOutput, showRejects } from './show.mjs';

const source = 'data/input/movies.json';
const target = 'data/output/movies.parquet';

mkdirSync('data/input', { recursive: true });
copyFileSync('node_modules/vega-datasets/data/movies.json', source);
const server = await startServer({
  PORT: '0',
  LOG_LEVEL: 'error',
  ETL_STATE_DIR: '.etl/examples/json',
});
try {
  const answer = await fetch(`${server.url}/api/v1/validate?max_errors=3`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ schema: 'movie', data: JSON.parse(readFileSync(source, 'utf8')) }),
  });
  const { result } = await answer.json();
  const { zod, pydantic } = result.layers;
  console.log(
    `both layers judged ${result.total_records} films: ${result.invalid_records} are invalid (valid by Zod ${zod.valid_records}, by Pydantic ${pydantic.valid_records}). The first errors:`,
  );
  for (const error of result.errors) console.log(' ', JSON.stringify(error));

  const jobs = new JobsClient(server.url);
  const job = await follow(jobs, {
    source_type: 'json',
    source_path: source,
    target_type: 'parquet',
    target_path: target,
    schema_name: 'movie',
    transformations: ['normalize'],
    validation_mode: 'lenient',
  });
  await showRejects(jobs, job);
  showOutput(job);
  const columns = ['Title', 'Release Date', 'Worldwide Gross', 'IMDB Rating'];
  console.table(await preview(target, 5), columns);
} finally {
  await server.close();
}
