import { type ExecFileException, execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import type { SchemaManifest } from '../schema/manifest.js';
import { pythonEnvironment } from './environment.js';

const run = promisify(execFile);
const LARGEST_OUTPUT_BYTES = 256 * 1024 * 1024;

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

interface Output {
  readonly stdout?: string;
  readonly stderr?: string;
}

/** Where the compiler is found. */
interface Compiler {
  /** The Python to run; it needs no packages for this. */
  readonly python: string;
  readonly pythonPath: string;
  readonly signal?: AbortSignal | undefined;
}

/** What the compiler says of a schema file, or of a folder that has none. */
export interface CheckedSchema {
  readonly file: string;
  readonly valid: boolean;
  readonly problems: readonly SchemaProblem[];
}

/** One place of a schema that does not compile. */
export interface SchemaProblem {
  /** JSON Pointer of the keyword at fault; empty for the whole document. */
  readonly pointer: string;
  readonly reason: string;
  /** What to write instead. */
  readonly instead: string;
}

/**
 * Compiles a folder of record schemas with the Python compiler.
 *
 * @param options.cacheDir - Where compiled schemas are kept between starts.
 * @throws SchemaCompileError when a schema is refused, or the compiler cannot run.
 */
export async function compileSchemas(
  options: Compiler & { schemaDir: string; cacheDir: string },
): Promise<SchemaManifest> {
  const { schemaDir, cacheDir } = options;
  const args = ['compile', '--json', '--dir', schemaDir, '--cache', cacheDir, ...compilerUrls()];
  const { code, stdout, lines } = await runCompiler(options, args);
  if (code === REFUSED) {
    throw new SchemaCompileError(`the schemas in ${schemaDir} cannot be used`, lines);
  }
  return JSON.parse(stdout) as SchemaManifest;
}

/**
 * Checks schema files, and all `NAME.schema.json` of folders.
 *
 * @returns what is said of each file, in order.
 * @throws SchemaCompileError when the compiler cannot run.
 */
export async function checkSchemas(
  options: Compiler & { paths: readonly string[] },
): Promise<CheckedSchema[]> {
  const { stdout } = await runCompiler(options, ['check', '--', ...options.paths]);
  const lines = stdout.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as CheckedSchema);
}

async function runCompiler(
  { python, pythonPath, signal }: Compiler,
  args: readonly string[],
): Promise<{ code: number; stdout: string; lines: string[] }> {
  try {
    const { stdout } = await run(python, ['-m', 'etl_polyglot.schema', ...args], {
      env: pythonEnvironment(pythonPath),
      maxBuffer: LARGEST_OUTPUT_BYTES,
      ...(signal && { signal }),
    });
    return { code: 0, stdout, lines: [] };
  } catch (cause) {
    signal?.throwIfAborted();
    const { stdout = '', stderr = '', message, code } = cause as ExecFileException & Output;
    const lines = stderr.split('\n').filter((line) => line.trim() !== '');
    if (code === REFUSED) return { code, stdout, lines };
    const problems = lines.length > 0 ? lines : [message];
    throw new SchemaCompileError('the schema compiler does not run', problems, { cause });
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
