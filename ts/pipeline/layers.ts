import { setImmediate } from 'node:timers/promises';
import { compileEncoder, type RowEncoder } from '../arrow/encode.js';
import type { WorkerPool } from '../bridge/pool.js';
import type { RecordSchema } from '../schema/registry.js';
import { type ErrorRecord, validateRows } from '../schema/validate.js';

/** What judges in Python: a pool of workers. */
export type PythonCaller = Pick<WorkerPool, 'call'>;

/** What one layer says of a batch. */
export interface BatchVerdict {
  /** The rows that it refuses, from the first row of all, in ascending order. */
  readonly invalid: readonly number[];
  /** Those of them that fit the schema, and that only Python can refuse, as by business rules. */
  readonly fitting?: readonly number[];
  readonly errors: readonly ErrorRecord[];
  readonly truncated: boolean;
  readonly durationMs: number;
}

/** A batch of rows, and how a layer is to judge it. */
export interface Batch {
  readonly schema: RecordSchema;
  readonly rows: readonly unknown[];
  readonly firstIndex: number;
  readonly maxErrors: number;
  readonly signal: AbortSignal;
}

/** The value of the worker's `validate_rows`; the error records are the reply's body. */
interface PythonVerdict {
  readonly truncated: boolean;
  readonly invalid_indices: readonly number[];
  readonly rule_indices: readonly number[];
  readonly duration_ms: number;
}

/** A batch takes a worker a second at most; one that is silent this long hangs. */
const SILENCE_MS = 60_000;

/** How long Zod may judge before other work of this process has its turn. */
const TURN_MS = 4;
const ROWS_AT_ONCE = 1_024;

/**
 * Has Zod judge a batch in this process, with pauses in which other work goes on.
 *
 * @throws the signal's reason when it is aborted.
 */
export async function judgeByZod(batch: Batch): Promise<BatchVerdict> {
  const { schema, rows, firstIndex, maxErrors, signal } = batch;
  const invalid: number[] = [];
  const errors: ErrorRecord[] = [];
  let truncated = false;
  let durationMs = 0;
  let turnEnds = 0;
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
    if (performance.now() > turnEnds) {
      await setImmediate();
      signal.throwIfAborted();
      turnEnds = performance.now() + TURN_MS;
    }
    const begun = performance.now();
    const first = firstIndex + at;
    const verdict = validateRows(schema, rows.slice(at, at + ROWS_AT_ONCE), {
      maxErrors: maxErrors - errors.length,
      firstIndex: first,
    });
    if (verdict.invalid > 0) {
      for (const [row, isValid] of verdict.valid.entries()) if (!isValid) invalid.push(first + row);
    }
    for (const error of verdict.errors) errors.push(error);
    truncated ||= verdict.truncated;
    durationMs += performance.now() - begun;
  }
  return { invalid, errors, truncated, durationMs };
}

/** Has Pydantic judge a batch in a worker. */
export async function judgeByPython(pool: PythonCaller, batch: Batch): Promise<BatchVerdict> {
  const { schema, rows, firstIndex, maxErrors, signal } = batch;
  const params = { schema: schema.name, first_index: firstIndex, max_errors: maxErrors };
  const reply = await pool.call<PythonVerdict>('validate_rows', params, {
    body: encoderOf(schema).body(rows),
    signal,
    silenceMs: SILENCE_MS,
  });
  const text = reply.body && textOf(reply.body);
  reply.release();
  const errors = text === undefined ? [] : (JSON.parse(text) as ErrorRecord[]);
  const { invalid_indices, rule_indices, truncated, duration_ms } = reply.value;
  return {
    invalid: invalid_indices,
    fitting: rule_indices,
    errors,
    truncated,
    durationMs: duration_ms,
  };
}

const encoders = new WeakMap<RecordSchema, RowEncoder>();

/** What lays rows out in the columns of a schema; compiled once. */
export function encoderOf(schema: RecordSchema): RowEncoder {
  let encoder = encoders.get(schema);
  if (encoder === undefined) {
    encoder = compileEncoder(schema.layout);
    encoders.set(schema, encoder);
  }
  return encoder;
}

function textOf({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('utf8');
}
