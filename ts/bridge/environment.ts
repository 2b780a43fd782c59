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

/** What a worker needs of its environment, besides what it inherits. */
export function workerEnvironment(options: {
  pythonPath: string;
  schemaDir: string;
  cacheDir: string;
  rules?: { readonly dir: string; readonly digest: string } | undefined;
  workers: number;
}): NodeJS.ProcessEnv {
  // Arrow and the numeric libraries take every core by default, in each of the workers.
  const threads = Math.max(1, Math.floor(availableParallelism() / options.workers));
  return {
    OMP_NUM_THREADS: String(threads),
    OPENBLAS_NUM_THREADS: String(threads),
    ...pythonEnvironment(options.pythonPath),
    ETL_SCHEMA_DIR: options.schemaDir,
    ETL_SCHEMA_CACHE: options.cacheDir,
    ETL_PYTHON_DIR: options.rules?.dir,
    ETL_PYTHON_DIGEST: options.rules?.digest,
  };
}
