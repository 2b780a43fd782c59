import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { afterAll, beforeAll } from 'vitest';
import { compileSchemas } from '../../../ts/bridge/compile.js';
import { type PoolOptions, WorkerPool } from '../../../ts/bridge/pool.js';
import type { LogLine, OpenPool } from '../../faults/support/pool.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * One pool of one worker for all tests of a file, none of which may harm it.
 *
 * @param worker - A program of tests/faults/workers.
 */
export function sharedPool(worker: string, options: Partial<PoolOptions> = {}): () => OpenPool {
  const log: LogLine[] = [];
  let pool: WorkerPool;
  let cacheDir: string;
  beforeAll(async () => {
    cacheDir = await mkdtemp(join(tmpdir(), 'etl-bridge-'));
    const python = {
      python: join(ROOT, '.venv/bin/python'),
      pythonPath: join(ROOT, 'py'),
      schemaDir: join(ROOT, 'shared-schemas/records'),
      cacheDir,
    };
    const { digest: schemaDigest } = await compileSchemas(python);
    pool = await WorkerPool.open({
      ...python,
      workers: 1,
      schemaDigest,
      workerArgs: [join(ROOT, 'tests/faults/workers', worker)],
      log: pino({ level: 'trace' }, { write: (line: string) => log.push(JSON.parse(line)) }),
      ...options,
    });
    await pool.ready();
  });
  afterAll(async () => {
    await pool.close();
    await rm(cacheDir, { recursive: true });
  });
  return () => ({ pool, log });
}
