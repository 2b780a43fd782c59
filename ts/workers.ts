import { join } from 'node:path';
import { compileSchemas, SchemaCompileError } from './bridge/compile.js';
import { WorkerPool } from './bridge/pool.js';
import { checkRules, type Rules, RulesError } from './bridge/rules.js';
import { StartError } from './errors.js';
import type { Log } from './observability/log.js';
import { SchemaRegistry } from './schema/registry.js';
import type { Settings } from './settings.js';

/** What is needed of the settings to compile schemas and to start workers. */
export type WorkerSettings = Pick<
  Settings,
  'python' | 'pythonPath' | 'schemaDir' | 'pythonDir' | 'stateDir'
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
 * Makes sure that workers can load the business rules, before any of them tries.
 *
 * @returns what workers are to load; undefined without ETL_PYTHON_DIR.
 * @throws StartError with a line for each problem.
 */
export async function loadRules(settings: WorkerSettings, log: Log): Promise<Rules | undefined> {
  const { python, pythonPath, schemaDir, pythonDir: dir } = settings;
  if (dir === undefined) return undefined;
  try {
    const cacheDir = schemaCache(settings);
    const rules = await checkRules({ python, pythonPath, dir, schemaDir, cacheDir });
    log.info({ event: 'rules.loaded', rules: rules.names }, 'business rules are loaded');
    return rules;
  } catch (error) {
    if (!(error instanceof RulesError)) throw error;
    const describe = (problem: string) => `ETL_PYTHON_DIR=${JSON.stringify(dir)}: ${problem}`;
    throw new StartError(error.problems.map(describe), { cause: error });
  }
}

/**
 * Starts workers that hold the schemas of `registry`.
 *
 * @param options - `rules` where they validate, `sharedMemory: false` where calls carry no bodies, and `exclusive: true` where
 *   none may share a process with another, as those of jobs.
 */
export function openWorkers(
  settings: WorkerSettings,
  registry: SchemaRegistry,
  workers: number,
  log: Log,
  options: { rules?: Rules | undefined; sharedMemory?: boolean; exclusive?: boolean } = {},
): Promise<WorkerPool> {
  const { python, pythonPath, schemaDir } = settings;
  return WorkerPool.open({
    python,
    pythonPath,
    schemaDir,
    cacheDir: schemaCache(settings),
    schemaDigest: registry.digest,
    workers,
    log,
    ...options,
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
/** The rest of ETL_MEMORY_LIMIT is for this process and the workers that answer calls. */
const SHARE_OF_JOBS = 0.75;

/** Divides the machine among jobs; a job that runs alone may use every core. */
export function jobCapacity({
  workers,
  memoryLimit,
}: Pick<Settings, 'workers' | 'memoryLimit'>): JobCapacity {
  const concurrency = Math.min(MOST_JOBS, workers);
  const memory = Math.floor((memoryLimit * SHARE_OF_JOBS) / concurrency);
  return { concurrency, limits: { threads: workers, memory } };
}
