import { type ExecFileException, execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { EtlError, isErrorCode } from '../errors.js';
import { pythonEnvironment } from './environment.js';

const run = promisify(execFile);
const LARGEST_OUTPUT_BYTES = 256 * 1024 * 1024;

/** What Python exits with when it tells an error in its answer. */
const TOLD = 1;

/** A file from which a schema is to be drafted, and how it is read. */
export interface InferRequest {
  readonly file: string;
  /** The name of the schema. */
  readonly name: string;
  /** The format, as jobs name it. */
  readonly type: string;
  readonly delimiter?: string | undefined;
  /** Unquoted fields of CSV that mean an absent value. */
  readonly nullValues?: readonly string[] | undefined;
  /** An empty folder to work in. */
  readonly folder: string;
}

/** A schema that was drafted, and what its user should know. */
export interface InferredSchema {
  /** JSON text, its members in the order of the file. */
  readonly schema: string;
  readonly records: number;
  readonly notes: readonly string[];
}

interface Failure {
  readonly error: { readonly code: string; readonly message: string };
}

/**
 * Drafts a record schema from a file by Python, in a process of its own.
 *
 * @throws EtlError when the file cannot be read, or its columns cannot be those of a schema.
 */
export async function inferSchema(
  request: InferRequest,
  { python, pythonPath, signal }: { python: string; pythonPath: string; signal: AbortSignal },
): Promise<InferredSchema> {
  try {
    const { stdout } = await run(python, ['-m', 'etl_polyglot.infer', ...argumentsOf(request)], {
      env: pythonEnvironment(pythonPath),
      maxBuffer: LARGEST_OUTPUT_BYTES,
      signal,
    });
    return JSON.parse(stdout) as InferredSchema;
  } catch (cause) {
    signal.throwIfAborted();
    throw toldBy(cause as ExecFileException & { readonly stdout?: string });
  }
}

function argumentsOf(request: InferRequest): string[] {
  const { file, name, type, delimiter, nullValues = [], folder } = request;
  return [
    `--name=${name}`,
    `--folder=${folder}`,
    `--type=${type}`,
    ...(delimiter === undefined ? [] : [`--delimiter=${delimiter}`]),
    ...nullValues.map((value) => `--null-value=${value}`),
    '--',
    file,
  ];
}

/** The error that Python told, or the one with which it ended untold. */
function toldBy(cause: ExecFileException & { readonly stdout?: string }): Error {
  if (cause.code !== TOLD || !cause.stdout) return cause;
  const { code, message } = (JSON.parse(cause.stdout) as Failure).error;
  return isErrorCode(code) ? new EtlError(code, {}, { message, cause }) : cause;
}
