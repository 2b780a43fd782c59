import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import type { SchemaManifest } from '../schema/manifest.js';
import { pythonEnvironment } from './environment.js';

const run = promisify(execFile);
const LARGEST_MANIFEST_BYTES = 256 * 1024 * 1024;

/** What the compiler exits with when it refuses a schema. */
const REFUSED = 2;

/** The schemas of a folder cannot be used; `problems` has one line each, with its JSON Pointer. */
export class SchemaCompileError extends Error {
  override readonly name = 'SchemaCompileError';
  readonly problems: readonly string[];

  constructor(what: string, problems: readonly string[], options?: ErrorOptions) {
    super(`${what}:\n${problems.join('\n')}`, options);
    this.problems = problems;
  }
}

/**
 * Compiles a folder of record schemas with the Python compiler.
 *
 * @param options.python - The Python to run; it needs no packages for this.
 * @param options.cacheDir - Where compiled schemas are kept between starts.
 * @throws SchemaCompileError when a schema is refused, or the compiler cannot run.
 */
export async function compileSchemas(options: {
  python: string;
  pythonPath: string;
  schemaDir: string;
  cacheDir: string;
  signal?: AbortSignal | undefined;
}): Promise<SchemaManifest> {
  const { python, pythonPath, schemaDir, cacheDir, signal } = options;
  const args = ['-m', 'etl_polyglot.schema', 'compile', '--json'];
  args.push('--dir', schemaDir, '--cache', cacheDir);
  args.push(...compilerUrls());
  try {
    const { stdout } = await run(python, args, {
      env: pythonEnvironment(pythonPath),
      maxBuffer: LARGEST_MANIFEST_BYTES,
      ...(signal && { signal }),
    });
    return JSON.parse(stdout) as SchemaManifest;
  } catch (cause) {
    signal?.throwIfAborted();
    const { stderr = '', message, code } = cause as Error & { stderr?: string; code?: unknown };
    const what =
      code === REFUSED
        ? `the schemas in ${schemaDir} cannot be used`
        : 'the schema compiler does not run';
    const problems = stderr.split('\n').filter((line) => line.trim() !== '');
    throw new SchemaCompileError(what, problems.length > 0 ? problems : [message], { cause });
  }
}

/** What the compiler is told of the modules that compiled schemas import. */
export function compilerUrls(): string[] {
  return ['--zod', import.meta.resolve('zod'), '--checks', checksUrl()];
}

/** The checks that compiled schemas import: beside this file when built, as source in tests. */
function checksUrl(): string {
  const built = new URL('../schema/checks.js', import.meta.url);
  return existsSync(built) ? built.href : new URL('../schema/checks.ts', import.meta.url).href;
}
