/**
 * Streaming: validate, transform and save chunk by chunk; publish all at once.
 *
 * 3,201 films come in chunks from a source that delivers at least once: each chunk begins with the
 * last films of the one before. Nothing is seen at the target before `finish`, which drops what came
 * twice, over the whole, and puts the file in its place in one step.
 */
import { readFileSync } from 'node:fs';
import { Pipeline, preview } from 'etl-polyglot';

async function* dataStream() {
  const films = JSON.parse(readFileSync('node_modules/vega-datasets/data/movies.json', 'utf8'));
  for (let at = 0; at < films.length; at += 800) yield films.slice(Math.max(at - 50, 0), at + 800);
}

const target = 'data/output/films-stream.parquet';
const deadLetters = 'data/output/films-stream.rejects.ndjson';
const pipeline = await Pipeline.open({
  schema: 'movie',
  transformations: ['normalize', 'deduplicate'],
  target,
  deadLetters,
  settings: { ETL_STATE_DIR: '.etl/examples/library' },
});
try {
  for await (const chunk of dataStream()) {
    const validated = await pipeline.validate(chunk);
    const transformed = await pipeline.transform(validated);
    await pipeline.save(transformed);
    const { read, rejected } = validated.counts;
    console.log(`${read} films: ${validated.length} saved, ${rejected} rejected`);
  }
  const { path, rows, sha256, counts } = await pipeline.finish();
  console.log(`published ${rows} films in ${path}, sha256 ${sha256}`);
  console.log('every record is accounted for:', JSON.stringify(counts));
} finally {
  await pipeline.close(); // Without finish nothing would have been published; nothing is left.
}

const [letter] = readFileSync(deadLetters, 'utf8').split('\n');
console.log('the first dead letter:', letter);
console.table(await preview(target, 3), ['Title', 'Release Date', 'Worldwide Gross']);
