import { type ExecFileException, execFile } from 'node:child_process';
import { compilerUrls } from './compile.js';
import { pythonEnvironment } from './environment.js';

const LARGEST_OUTPUT_BYTES = 1024 * 1024 * 1024;

/** What the Python layers say of one test; Zod's verdicts are added here in Node. */
export interface PythonVerdict {
  readonly file: string;
  readonly schema: string;
  readonly test: string;
  readonly expected: boolean | null;
  readonly pydantic: boolean | null;
  readonly columnar: boolean | null;
  readonly columnar_path: 'vector' | 'rows' | null;
  /** JSON Pointer of the keyword that the profile refuses. */
  readonly unsupported: string | null;
  /** The compiled Zod module of `{value: …}`, to judge the same test by. */
  readonly zod_module: string | null;
  /** The value's error records as JSON texts and the schema, where they were asked for. */
  readonly errors?: readonly string[];
  readonly document?: unknown;
}

/** A file cannot be read as a test suite; the message says which and why. */
export class UnreadableTestsError extends Error {
  override readonly name = 'UnreadableTestsError';
}

/**
 * Compiles and judges the tests of some files in one Python process.
 *
 * @param options.cacheDir - Where the compiled modules are written.
 * @returns a verdict for each test, in the order of the files and tests.
 * @throws UnreadableTestsError for a file that is not of the test suite's format.
 */
export async function pythonVerdicts(options: {
  python: string;
  pythonPath: string;
  files: readonly string[];
  cacheDir: string;
  errors?: boolean;
  signal?: AbortSignal | undefined;
}): Promise<PythonVerdict[]> {
  const { python, pythonPath, files, cacheDir, errors = false, signal } = options;
  const args = ['-m', 'etl_polyglot.schema', 'conformance', '--cache', cacheDir];
  args.push(...compilerUrls(), ...(errors ? ['--errors'] : []), '--', ...files);
  const env = pythonEnvironment(pythonPath);
  const limits = { env, maxBuffer: LARGEST_OUTPUT_BYTES, ...(signal && { signal }) };
  return new Promise((resolve, reject) => {
    execFile(python, args, limits, (error: ExecFileException | null, stdout, stderr) => {
      if (error === null) {
        const lines = stdout.split('\n').filter((line) => line !== '');
        resolve(lines.map((line) => JSON.parse(line) as PythonVerdict));
      } else if (error.code === 2) {
        reject(new UnreadableTestsError(stderr.trim(), { cause: error }));
      } else {
        reject(new Error(stderr.trim() || error.message, { cause: error }));
      }
    });
  });
}
