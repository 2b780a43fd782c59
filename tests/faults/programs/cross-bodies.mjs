// Sends a body to a worker and has it sent back; prints how it crossed, in one line of JSON.
import { pino } from 'pino';
import { WorkerPool } from '../../../dist/bridge/pool.js';

const [megabytes, options] = process.argv.slice(2);
const pool = await WorkerPool.open({ ...JSON.parse(options), log: pino({ level: 'silent' }) });
const body = new Uint8Array(Number(megabytes) * 2 ** 20).fill(7);
const answer = await pool.call('echo', {}, { body }).then(
  ({ transfer, body: echoed }) => ({ transfer, equal: Buffer.compare(body, echoed) === 0 }),
  ({ code, message }) => ({ code, message }),
);
const { sharedMemory, inlineBodies, restarts } = pool.status();
await pool.close();
console.log(JSON.stringify({ ...answer, sharedMemory, inlineBodies, restarts }));
