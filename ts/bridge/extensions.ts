import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { pythonEnvironment } from './environment.js';

const run = promisify(execFile);
/** Workers have as long for their whole start. */
const DEADLINE_MS = 30_000;
const SHOWN_LINES = 20;
const LARGEST_OUTPUT_BYTES = 16 * 1024 * 1024;

/** A folder of the operator's own Python that was found to be good, and a digest of its files. */
export interface Extensions {
  readonly dir: string;
  readonly digest: string;
  /** The names of the business rules by record schema. */
  readonly rules: Readonly<Record<string, readonly string[]>>;
  /** The names of the functions. */
  readonly functions: readonly string[];
}

/** Rules or functions cannot be used; `problems` has one line each. */
export class ExtensionsError extends Error {
  override readonly name = 'ExtensionsError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(problems.join('\n'), options);
    this.problems = problems;
  }
}

/**
 * Loads a folder of rules and functions once, in a process of its own, as every worker will.
 *
 * @param options.schemaDir - The record schemas that rules may be for.
 * @param options.cacheDir - Where these were compiled to.
 * @throws ExtensionsError with everything that is wrong with the folder; or when its files do not let
 *   that process come to a good end, with the last lines that it printed.
 */
export async function checkExtensions(options: {
  python: string;
  pythonPath: string;
  dir: string;
  schemaDir: string;
  cacheDir: string;
}): Promise<Extensions> {
  const { python, pythonPath, dir, schemaDir, cacheDir } = options;
  const args = ['-m', 'etl_polyglot.worker.extensions', '--dir', dir];
  args.push('--schema-dir', schemaDir, '--cache', cacheDir);
  const answer = await ask(python, args, pythonPath);
  if ('problems' in answer) throw new ExtensionsError(answer.problems);
  return { dir, ...answer };
}

type Answer = Omit<Extensions, 'dir'> | { readonly problems: readonly string[] };

async function ask(python: string, args: string[], pythonPath: string): Promise<Answer> {
  try {
    const env = pythonEnvironment(pythonPath);
    const { stdout } = await run(python, args, {
      env,
      timeout: DEADLINE_MS,
      killSignal: 'SIGKILL',
      maxBuffer: LARGEST_OUTPUT_BYTES,
    });
    return JSON.parse(stdout) as Answer;
  } catch (cause) {
    const { killed, code, signal, stderr = '' } = cause as Failure;
    const seconds = DEADLINE_MS / 1000;
    const how = killed
      ? `its files were not imported within ${seconds} s; they must only declare`
      : `importing its files ended Python with ${signal ?? code ?? 0}`;
    const said = stderr.trim().split('\n').slice(-SHOWN_LINES).join('\n');
    throw new ExtensionsError([said === '' ? how : `${how}; it printed:\n${said}`], { cause });
  }
}

interface Failure {
  readonly killed?: boolean;
  readonly code?: unknown;
  readonly signal?: string | null;
  readonly stderr?: string;
}
