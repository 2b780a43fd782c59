import { readdirSync, readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import type { StreamChunk } from '../../ts/bridge/input.js';
import type { WorkerPool } from '../../ts/bridge/pool.js';
import { type LogLine, openDescriptors, openPool, until } from './support/pool.js';
import { Random } from './support/random.js';

const CALLS = 10_000;
const CALLERS = 48;
const KILL_EVERY = 750;
const KILLS = 10;
const WORKERS = 2;
const SPARES = 1;
const MEBIBYTE = 2 ** 20;

/** What chance may end a call with; everything else is a fault of ours. */
const EXPECTED_ERRORS = new Set(['WORKER_CRASHED', 'CANCELLED']);

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What a worker holds. */
interface Holdings {
  pid: number;
  slots: number;
  descriptors: number;
  bytes: number;
}

/** The processes that are children of this one, zombies too. */
function children(): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      try {
        return (
          Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) ===
          process.pid
        );
      } catch {
        return false;
      }
    });
}

const mappedArenas = (): number =>
  readFileSync('/proc/self/maps', 'utf8').split('memfd:etl-arena').length - 1;

/** The holdings of every worker that takes calls. */
async function holdings(pool: WorkerPool): Promise<Holdings[]> {
  const seen = new Map<number, Holdings>();
  while (seen.size < WORKERS) {
    const replies = await Promise.all(
      Array.from({ length: 2 * WORKERS }, () => pool.call<Holdings>('holdings', {})),
    );
    for (const { value } of replies) seen.set(value.pid, value);
  }
  return [...seen.values()];
}

/** One call as it may come: of any size, by any way, given up now and then. */
async function someCall(pool: WorkerPool, random: Random): Promise<void> {
  const size = random.pick([0, 100, 5_000, 100_000, 700_000]);
  const body = new Uint8Array(size).fill(random.below(256));
  const controller = new AbortController();
  const { signal } = controller;
  if (random.below(10) === 0) setTimeout(() => controller.abort(), random.below(20));
  const kind = random.below(10);
  if (kind === 0) {
    await streamBack(pool, random, signal);
  } else if (kind === 1) {
    const seconds = random.below(20) / 1000;
    same(await pool.call('wait', { seconds }, { body, signal }), body);
  } else if (random.below(20) === 0) {
    // Nobody reads or releases this one: its slot comes back when it is collected.
    await pool.call('echo', {}, { body, signal, retry: true });
  } else {
    same(await pool.call('echo', { size }, { body, signal, retry: true }), body);
  }
}

function same(reply: { body: Uint8Array | undefined; release(): void }, body: Uint8Array): void {
  expect(Buffer.compare(reply.body ?? new Uint8Array(0), body)).toBe(0);
  reply.release();
}

/** A stream that is read to its end, or left in the middle. */
async function streamBack(pool: WorkerPool, random: Random, signal: AbortSignal): Promise<void> {
  const chunks: StreamChunk[] = Array.from({ length: 1 + random.below(12) }, (_, value) => ({
    value,
    body: new Uint8Array(random.pick([10, 50_000, 200_000])).fill(value),
  }));
  const leaveAt = random.below(3) === 0 ? random.below(chunks.length) : Number.POSITIVE_INFINITY;
  const stream = pool.stream<number>('echo_stream', {}, { input: chunks, signal });
  let next = 0;
  for await (const { value, body } of stream) {
    expect(value).toBe(next);
    expect(Buffer.compare(body ?? new Uint8Array(0), chunks[next]?.body as Uint8Array)).toBe(0);
    if (next === leaveAt) return;
    next += 1;
  }
  expect((await stream.result).value).toBe(chunks.length);
}

/** Kills a worker that is ready, spares too. */
function killOne(log: readonly LogLine[], random: Random): void {
  const alive = new Set(children());
  const ready = log
    .filter(({ event, worker }) => event === 'worker.ready' && alive.has(worker ?? 0))
    .map(({ worker }) => worker as number);
  if (ready.length > 0) process.kill(random.pick(ready), 'SIGKILL');
}

it('10,000 calls among kills and cancellations leave nothing behind', {
  timeout: 180_000,
}, async () => {
  const random = Random.seeded();
  const { pool, log } = await openPool({
    worker: 'measured.py',
    workers: WORKERS,
    spares: SPARES,
    memoryLimit: 256 * MEBIBYTE,
    recycle: { calls: 1_500 },
  });
  const settled = () => pool.status().ready === WORKERS && pool.status().spares === SPARES;
  await until(settled, 30_000);
  await Promise.all(
    Array.from({ length: 200 }, () => someCall(pool, random).catch(() => undefined)),
  );
  const fresh = await holdings(pool);
  collectGarbage();
  const before = { descriptors: openDescriptors(), rss: process.memoryUsage().rss };

  const outcomes = new Map<string, number>();
  let left = CALLS;
  const caller = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      // The last workers live long enough to show what they would lose now and then.
      if (left >= CALLS / 4 && left % KILL_EVERY === 0) killOne(log, random);
      const outcome = await someCall(pool, random).then(
        () => 'ok',
        (error: { code?: string }) => {
          if (!EXPECTED_ERRORS.has(error.code ?? '')) throw error;
          return error.code as string;
        },
      );
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  console.log(Object.fromEntries(outcomes), pool.status().restarts);

  expect(outcomes.get('ok')).toBeGreaterThan(CALLS * 0.8);
  expect(outcomes.get('CANCELLED')).toBeGreaterThan(0);
  expect(pool.status().restarts.crash).toBeGreaterThanOrEqual(KILLS / 2);
  await until(settled, 30_000);
  await until(() => children().length === WORKERS + SPARES, 10_000);
  await until(() => {
    collectGarbage();
    return pool.status().memory.used === 0 && mappedArenas() === 2 * (WORKERS + SPARES);
  }, 10_000);
  expect(pool.status()).toMatchObject({ queued: 0, running: 0, restarts: { start: 0 } });
  expect(openDescriptors()).toBe(before.descriptors);
  expect(process.memoryUsage().rss - before.rss).toBeLessThan(300 * MEBIBYTE);
  const most = Math.max(...fresh.map(({ descriptors }) => descriptors));
  for (const { slots, descriptors, bytes } of await holdings(pool)) {
    expect({ slots, descriptors }).toEqual({ slots: 0, descriptors: most });
    expect(bytes).toBeLessThan(Math.max(...fresh.map((worker) => worker.bytes)) + 150 * MEBIBYTE);
  }
});
