import { setImmediate } from 'node:timers/promises';
import { encodeRows } from '../arrow/encode.js';
import type { WorkerPool } from '../bridge/pool.js';
import type { RecordSchema } from '../schema/registry.js';
import { type ErrorRecord, validateRows } from '../schema/validate.js';

/** What judges in Python: a pool of workers. */
export type PythonCaller = Pick<WorkerPool, 'call'>;

/** What one layer says of a batch. */
export interface BatchVerdict {
  /** Indices from the first row of all. */
  readonly invalid: ReadonlySet<number>;
  /** Those of them that fit the schema, and that only business rules refuse. */
  readonly byRules?: ReadonlySet<number>;
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

/** Rows that Zod judges before other work of this process has its turn. */
const ROWS_PER_TURN = 1_024;

/**
 * Has Zod judge a batch in this process, a few rows at a time.
 *
 * @throws the signal's reason when it is aborted.
 */
export async function judgeByZod(batch: Batch): Promise<BatchVerdict> {
  const { schema, rows, firstIndex, maxErrors, signal } = batch;
  const refused = new Set<number>();
  const errors: ErrorRecord[] = [];
  let truncated = false;
  let durationMs = 0;
  for (let at = 0; at < rows.length; at += ROWS_PER_TURN) {
    await setImmediate();
    signal.throwIfAborted();
    const begun = performance.now();
    const first = firstIndex + at;
    const verdict = validateRows(schema, rows.slice(at, at + ROWS_PER_TURN), {
      maxErrors: maxErrors - errors.length,
      firstIndex: first,
    });
    if (verdict.invalid > 0) {
      for (const [row, isValid] of verdict.valid.entries()) if (!isValid) refused.add(first + row);
    }
    errors.push(...verdict.errors);
    truncated ||= verdict.truncated;
    durationMs += performance.now() - begun;
  }
  return { invalid: refused, errors, truncated, durationMs };
}

/** Has Pydantic judge a batch in a worker. */
export async function judgeByPython(pool: PythonCaller, batch: Batch): Promise<BatchVerdict> {
  const { schema, rows, firstIndex, maxErrors, signal } = batch;
  const params = { schema: schema.name, first_index: firstIndex, max_errors: maxErrors };
  const reply = await pool.call<PythonVerdict>('validate_rows', params, {
    body: encodeRows(schema.layout, rows),
    signal,
    timeoutMs: SILENCE_MS,
  });
  const errors = reply.body ? (JSON.parse(textOf(reply.body)) as ErrorRecord[]) : [];
  reply.release();
  const { invalid_indices, rule_indices, truncated, duration_ms } = reply.value;
  return {
    invalid: new Set(invalid_indices),
    byRules: new Set(rule_indices),
    errors,
    truncated,
    durationMs: duration_ms,
  };
}

function textOf({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('utf8');
}
