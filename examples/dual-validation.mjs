/**
 * Dual validation: Zod judges here, Python's columnar checks and the business rules there.
 *
 * vega's movies.json has numbers as titles, and films of 1946 that are said to be of 2046: texts
 * that fit any schema. A rule in Python (examples/python/films.py) finds them.
 */
import { readFileSync } from 'node:fs';
import { Pipeline, UserRecordSchema } from 'etl-polyglot';

// At the boundary one layer is enough to fail fast: the generated Zod schema is a plain Zod schema.
const user = { id: 0, email: 'nobody', name: 'Jane', created_at: '2024-01-01T00:00:00Z' };
const { error } = UserRecordSchema.safeParse(user);
console.log('a user that Zod refuses:', error.issues.map(({ path }) => path.join('.')).join(', '));

const films = JSON.parse(readFileSync('node_modules/vega-datasets/data/movies.json', 'utf8'));
const pipeline = await Pipeline.open({
  schema: 'movie',
  settings: { ETL_PYTHON_DIR: 'examples/python', ETL_STATE_DIR: '.etl/examples/library' },
});
try {
  const valid = await pipeline.validate(films);
  const { read, rejected } = valid.counts;
  console.log(`both layers judged ${read} films: ${valid.length} are valid, ${rejected} are not`);
  const reasons = new Map();
  for (const { field, message } of valid.errors) {
    const reason = `${field}: ${message}`;
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  for (const [reason, count] of reasons) console.log(`  ${count} × ${reason}`);
  const ruled = valid.errors.find(({ keyword }) => keyword === 'rule');
  console.log('  for example', films[ruled.index].Title, JSON.stringify(ruled));
} finally {
  await pipeline.close();
}
