import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { afterAll, onTestFinished } from 'vitest';
import { compileSchemas } from '../../../ts/bridge/compile.js';
import { type PoolOptions, WorkerPool } from '../../../ts/bridge/pool.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PYTHON = {
  python: join(ROOT, '.venv/bin/python'),
  pythonPath: join(ROOT, 'py'),
  schemaDir: join(ROOT, 'shared-schemas/records'),
};

/** What the pool has logged: one object a line. */
export interface LogLine {
  event?: string;
  level?: number;
  worker?: number;
  line?: string;
  lines?: number;
  reason?: string;
}

export interface OpenPool {
  pool: WorkerPool;
  log: LogLine[];
}

let compiled: Promise<{ cacheDir: string; schemaDigest: string }> | undefined;

/** The record schemas, compiled once for all tests of a file. */
async function compile(): Promise<{ cacheDir: string; schemaDigest: string }> {
  const cacheDir = await mkdtemp(join(tmpdir(), 'etl-bridge-'));
  const { digest } = await compileSchemas({ ...PYTHON, cacheDir });
  return { cacheDir, schemaDigest: digest };
}

afterAll(async () => {
  if (compiled !== undefined) await rm((await compiled).cacheDir, { recursive: true });
});

/**
 * The options of a pool of one worker.
 *
 * @param worker - A program of tests/faults/workers in place of the ordinary worker, and its
 *   arguments.
 */
export async function poolOptions(
  worker?: string,
  workerParams: readonly string[] = [],
): Promise<Omit<PoolOptions, 'log'>> {
  compiled ??= compile();
  const workerArgs = worker && [join(ROOT, 'tests/faults/workers', worker), ...workerParams];
  return {
    ...PYTHON,
    ...(await compiled),
    workers: 1,
    ...(workerArgs && { workerArgs }),
  };
}

/** Opens a pool of real workers that the end of the test closes; `worker` is as in `poolOptions`. */
export async function openPool(
  options: Partial<PoolOptions> & { worker?: string; workerParams?: readonly string[] } = {},
): Promise<OpenPool> {
  const { worker, workerParams, ...rest } = options;
  const log: LogLine[] = [];
  const pool = await WorkerPool.open({
    ...(await poolOptions(worker, workerParams)),
    log: pino({ level: 'trace' }, { write: (line: string) => log.push(JSON.parse(line)) }),
    ...rest,
  });
  onTestFinished(() => pool.close());
  return { pool, log };
}

/** Opens a pool of workers with the methods of unruly.py, and waits until one is ready. */
export async function openUnruly(options: Partial<PoolOptions> = {}): Promise<OpenPool> {
  const opened = await openPool({ worker: 'unruly.py', ...options });
  await opened.pool.ready();
  return opened;
}

/** Whether a process exists and is no zombie. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Waits until a condition holds, at most so long. */
export async function until(condition: () => boolean, withinMs = 20_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${condition}`);
    await sleep(10);
  }
}

/** How many descriptors this process has open. */
export function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

/** The printed lines in a log. */
export function printed(log: readonly LogLine[]): (string | undefined)[] {
  return log.filter(({ event }) => event === 'worker.output').map(({ line }) => line);
}
