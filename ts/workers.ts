import { join } from 'node:path';
import { compileSchemas, SchemaCompileError } from './bridge/compile.js';
import { checkExtensions, type Extensions, ExtensionsError } from './bridge/extensions.js';
import { type PoolOptions, WorkerPool } from './bridge/pool.js';
import { StartError } from './errors.js';
import type { Log } from './observability/log.js';
import { SchemaRegistry } from './schema/registry.js';
import type { Settings } from './settings.js';

/** What is needed of the settings to compile schemas and to start workers. */
export type WorkerSettings = Pick<
  Settings,
  'python' | 'pythonPath' | 'schemaDir' | 'pythonDir' | 'stateDir' | 'memoryLimit'
>;

/**
 * Compiles and loads the record schemas, the same for this process and its workers.
 *
 * @param describe - says where a problem lies, for the one who chose the folder.
 * @throws StartError with a line for each problem.
 */
export async function loadSchemas(
  settings: WorkerSettings,
  describe = (problem: string) => {
    return `ETL_SCHEMA_DIR=${JSON.stringify(settings.schemaDir)}: ${problem}`;
  },
): Promise<SchemaRegistry> {
  const { python, pythonPath, schemaDir } = settings;
  try {
    const cacheDir = schemaCache(settings);
    return await SchemaRegistry.load(
      await compileSchemas({ python, pythonPath, schemaDir, cacheDir }),
    );
  } catch (error) {
    if (!(error instanceof SchemaCompileError)) throw error;
    throw new StartError(error.problems.map(describe), { cause: error });
  }
}

/**
 * Makes sure that workers can load the operator's own Python, before any of them tries.
 *
 * @param describe - says where a problem lies, for the one who chose the folder.
 * @returns what workers are to load; undefined without ETL_PYTHON_DIR.
 * @throws StartError with a line for each problem.
 */
export async function loadExtensions(
  settings: WorkerSettings,
  log: Log,
  describe = (problem: string) => {
    return `ETL_PYTHON_DIR=${JSON.stringify(settings.pythonDir)}: ${problem}`;
  },
): Promise<Extensions | undefined> {
  const { python, pythonPath, schemaDir, pythonDir: dir } = settings;
  if (dir === undefined) return undefined;
  try {
    const cacheDir = schemaCache(settings);
    const extensions = await checkExtensions({ python, pythonPath, dir, schemaDir, cacheDir });
    const { rules, functions } = extensions;
    log.info({ event: 'extensions.loaded', rules, functions }, 'rules and functions are loaded');
    return extensions;
  } catch (error) {
    if (!(error instanceof ExtensionsError)) throw error;
    throw new StartError(error.problems.map(describe), { cause: error });
  }
}

/** How workers are to be, where that is not by default; `extensions` where they validate. */
export type WorkerUse = Pick<
  PoolOptions,
  'extensions' | 'sharedMemory' | 'callsPerWorker' | 'spares' | 'recycle' | 'metrics'
>;

/** Starts workers that hold the schemas of `registry`. */
export function openWorkers(
  settings: WorkerSettings,
  registry: SchemaRegistry,
  workers: number,
  log: Log,
  use: WorkerUse = {},
): Promise<WorkerPool> {
  const { python, pythonPath, schemaDir, memoryLimit } = settings;
  const memory = Math.floor(memoryLimit * SHARE_OF_CALLS);
  return WorkerPool.open({
    python,
    pythonPath,
    schemaDir,
    cacheDir: schemaCache(settings),
    schemaDigest: registry.digest,
    workers,
    memoryLimit: memory,
    recycle: { memoryBytes: Math.max(LEAST_OF_A_WORKER, memory / workers) },
    log,
    ...use,
  });
}

/** Workers of jobs: each has one job at a time, whose fate no other shares, and moves no bodies. */
export function openJobWorkers(
  settings: WorkerSettings,
  registry: SchemaRegistry,
  { concurrency, limits }: JobCapacity,
  log: Log,
  use: Pick<WorkerUse, 'extensions' | 'metrics'>,
): Promise<WorkerPool> {
  return openWorkers(settings, registry, concurrency, log, {
    sharedMemory: false,
    callsPerWorker: 1,
    recycle: { memoryBytes: Math.max(LEAST_OF_A_WORKER, limits.memory) },
    ...use,
  });
}

function schemaCache({ stateDir }: WorkerSettings): string {
  return join(stateDir, 'schemas');
}

/** How many jobs run at a time, and what each may take. */
export interface JobCapacity {
  readonly concurrency: number;
  readonly limits: { readonly threads: number; readonly memory: number };
}

const MOST_JOBS = 2;
/** The parts of ETL_MEMORY_LIMIT: what jobs may take, and bodies of calls on their way. */
const SHARE_OF_JOBS = 0.75;
const SHARE_OF_CALLS = 0.25;
/** A worker that has grown beyond its share is replaced, but never for what its imports take. */
const LEAST_OF_A_WORKER = 512 * 2 ** 20;

/** Divides the machine among jobs; a job that runs alone may use every core. */
export function jobCapacity({
  workers,
  memoryLimit,
}: Pick<Settings, 'workers' | 'memoryLimit'>): JobCapacity {
  const concurrency = Math.min(MOST_JOBS, workers);
  const memory = Math.floor((memoryLimit * SHARE_OF_JOBS) / concurrency);
  return { concurrency, limits: { threads: workers, memory } };
}
