import { Schema, Table } from 'apache-arrow';
import { decodeTable } from '../../arrow/decode.js';
import type { Body } from '../../bridge/body.js';
import type { Reply } from '../../bridge/reply.js';
import type { Step } from '../../jobs/transformations.js';
import type { ErrorRecord } from '../../schema/validate.js';
import type { CallLimits } from '../deadline.js';
import type { BatchVerdict, PythonCaller } from '../layers.js';

/** The key of `py/etl_polyglot/worker/methods/transform_rows.py`. */
const ERRORS = 'etl.errors';

/** The value that both methods answer with. */
interface StepsValue {
  readonly rows: number;
  readonly invalid_indices: readonly number[];
  readonly fitting_indices: readonly number[];
  readonly truncated: boolean;
  readonly duration_ms: number;
}

/** What the first steps of a job made of a batch. */
export interface Stepped {
  readonly rows: number;
  readonly verdict: BatchVerdict;
  /** The rows that stay, in the memory of the reply; undefined when those of a table all stay. */
  readonly table: Table | undefined;
  readonly reply: Reply<unknown>;
}

/** Which rows, and what is to be done with them. */
export interface StepsRequest {
  readonly schema: string;
  readonly body: Body;
  readonly maxErrors: number;
  readonly limits: CallLimits;
}

/** Has Python's columnar layer judge a table with columns of its own types. */
export function validateTable(pool: PythonCaller, request: StepsRequest): Promise<Stepped> {
  return ask(pool, 'validate_table', request, {});
}

/**
 * Has Python take rows or a table through the steps that need no more than one batch.
 *
 * @param options.validate - false when the rows are known to be valid.
 */
export function transformRows(
  pool: PythonCaller,
  request: StepsRequest,
  options: { transformations: readonly Step[]; validate: boolean },
): Promise<Stepped> {
  return ask(pool, 'transform_rows', request, options);
}

async function ask(
  pool: PythonCaller,
  method: string,
  { schema, body, maxErrors, limits }: StepsRequest,
  params: object,
): Promise<Stepped> {
  const reply = await pool.call<StepsValue>(
    method,
    { schema, max_errors: maxErrors, ...params },
    { body, ...limits },
  );
  try {
    return steppedBy(reply);
  } catch (error) {
    reply.release();
    throw error;
  }
}

function steppedBy(reply: Reply<StepsValue>): Stepped {
  const { rows, invalid_indices, fitting_indices, truncated, duration_ms } = reply.value;
  const answered = reply.body && decodeTable(reply.body);
  const errors = JSON.parse(answered?.schema.metadata.get(ERRORS) ?? '[]') as ErrorRecord[];
  const verdict = {
    invalid: invalid_indices,
    fitting: fitting_indices,
    errors,
    truncated,
    durationMs: duration_ms,
  };
  const table = answered && new Table(new Schema(answered.schema.fields), answered.batches);
  return { rows, verdict, table, reply };
}
