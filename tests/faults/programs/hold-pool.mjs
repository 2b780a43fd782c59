// Opens a pool, starts a call that never ends, prints the worker's pid and stays.
import { pino } from 'pino';
import { WorkerPool } from '../../../dist/bridge/pool.js';

const [method, options] = process.argv.slice(2);
const pool = await WorkerPool.open({ ...JSON.parse(options), log: pino({ level: 'silent' }) });
await pool.ready();
const call = pool.call(method, {}, { onEvent: ({ pid }) => console.log(pid) });
await call;
