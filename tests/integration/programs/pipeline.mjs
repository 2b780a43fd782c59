/** A plain program with a pipeline: saves a batch, says so, and ends as it is told to. */
import { Pipeline } from 'etl-polyglot';

const pipeline = await Pipeline.open({
  schema: 'user',
  target: 'data/output/users.parquet',
  deadLetters: 'data/output/rejects.ndjson',
  workers: 1,
});
const user = { id: 1, email: 'a@b.co', name: 'Ada', created_at: '2024-01-01T00:00:00Z' };
await pipeline.save([user, { ...user, id: 0 }]);
const [, , ending] = process.argv;
console.log('saved');
if (ending === 'exit') process.exit(7);
if (ending === 'throw') throw new Error('a defect of the program');
if (ending === 'finish') {
  const { rows, counts } = await pipeline.finish();
  await pipeline.close();
  console.log(JSON.stringify({ rows, counts }));
}
