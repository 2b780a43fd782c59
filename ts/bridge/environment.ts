import { availableParallelism } from 'node:os';
import { delimiter } from 'node:path';

/** Python finds our package first, and whatever its caller had put on the path after it. */
export function pythonEnvironment(pythonPath: string): NodeJS.ProcessEnv {
  const inherited = process.env.PYTHONPATH;
  return {
    ...process.env,
    PYTHONPATH: inherited ? `${pythonPath}${delimiter}${inherited}` : pythonPath,
    // Whatever lies in the working folder must not pass for a module of Python's.
    PYTHONSAFEPATH: '1',
    // For C's stdout too, which a worker that ends at once would not flush.
    PYTHONUNBUFFERED: '1',
  };
}

export interface WorkerEnvironment {
  /** The folder that holds the package `etl_polyglot`. */
  pythonPath: string;
  schemaDir: string;
  cacheDir: string;
  /** The operator's own Python, if there is any. */
  extensions?: { readonly dir: string; readonly digest: string } | undefined;
  /** How many processes share the machine. */
  workers: number;
  /** How many bytes of replies each of them may have lying in shared memory. */
  replyArenaBytes: number;
}

/** What a worker needs of its environment, besides what it inherits. */
export function workerEnvironment(options: WorkerEnvironment): NodeJS.ProcessEnv {
  // Arrow and the numeric libraries take every core by default, in each of the workers.
  const threads = Math.max(1, Math.floor(availableParallelism() / options.workers));
  return {
    OMP_NUM_THREADS: String(threads),
    OPENBLAS_NUM_THREADS: String(threads),
    ...pythonEnvironment(options.pythonPath),
    ETL_SCHEMA_DIR: options.schemaDir,
    ETL_SCHEMA_CACHE: options.cacheDir,
    ETL_PYTHON_DIR: options.extensions?.dir,
    ETL_PYTHON_DIGEST: options.extensions?.digest,
    ETL_REPLY_ARENA_BYTES: String(options.replyArenaBytes),
  };
}
