// Many callers at a time: `node load.mjs (echo|spin) WORKERS`.
import { answerOrders } from './answer.mjs';
import { openPipeline } from './pipeline.mjs';
import { openPool } from './pool.mjs';
import { ROW } from './row.mjs';

const DEADLINE_MS = 10_000;
/** So many turns of a loop keep Python's interpreter busy for some 5 ms. */
const TURNS = 75_000;

const calls = {
  echo: async (workers) => {
    const { call, close } = await openPool(workers);
    return { call: () => call('echo', ROW, { timeoutMs: DEADLINE_MS }), close };
  },
  spin: async (workers) => {
    const pipeline = await openPipeline(workers);
    return {
      call: () => pipeline.callPython('spin', { turns: TURNS }),
      close: () => pipeline.close(),
    };
  },
};

const [name, workers] = process.argv.slice(2);
const { call, close } = await calls[name](Number(workers));

/** Calls from so many callers for so long; gives calls a second and quantiles in microseconds. */
async function load({ callers, seconds }) {
  const latencies = [];
  const began = performance.now();
  const end = began + seconds * 1000;
  const caller = async () => {
    for (let now = performance.now(); now < end; ) {
      await call();
      const after = performance.now();
      latencies.push((after - now) * 1000);
      now = after;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const taken = performance.now() - began;
  latencies.sort((a, b) => a - b);
  const quantile = (share) => latencies[Math.floor(latencies.length * share)];
  return {
    per_s: (latencies.length / taken) * 1000,
    p50_us: quantile(0.5),
    p99_us: quantile(0.99),
  };
}

await answerOrders({ load }, close);
