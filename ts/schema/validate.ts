import { z } from 'zod';
import type { ErrorRecord } from './error-record.js';
import { explain } from './explain.js';
import type { RecordSchema } from './registry.js';

export { compareErrors, type ErrorRecord } from './error-record.js';
export { type Explainable, explain } from './explain.js';

/** What validation found in a batch of rows. */
export interface RowsVerdict {
  /** Per row, 1 where it is valid. */
  valid: Uint8Array;
  invalid: number;
  /** The errors of the first invalid rows, sorted by index, path, keyword. */
  errors: ErrorRecord[];
  /** Whether there were more errors than were asked for; `invalid` is exact all the same. */
  truncated: boolean;
}

const compiled = new WeakMap<z.ZodType, z.ZodType>();

/**
 * The schema compiled ahead of its first row: it accepts several times faster than the plain one.
 *
 * @throws z.core.ZodCompileUnsupportedError where Zod would fall back to its plain parser.
 */
export function compiledZod(schema: z.ZodType): z.ZodType {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const fresh = z.compile(schema, { strict: true });
  compiled.set(schema, fresh);
  return fresh;
}

/**
 * Judges parsed JSON rows by a record schema.
 *
 * A row is accepted by the compiled schema; only rows that fail are explained by the plain one.
 *
 * @param options.maxErrors How many error records to give at most; the counts stay exact.
 * @param options.firstIndex The index of the first row in the error records.
 */
export function validateRows(
  schema: RecordSchema,
  rows: readonly unknown[],
  options: { maxErrors: number; firstIndex?: number },
): RowsVerdict {
  const { maxErrors, firstIndex = 0 } = options;
  const accept = compiledZod(schema.zod);
  const valid = new Uint8Array(rows.length);
  const errors: ErrorRecord[] = [];
  let invalid = 0;
  let truncated = false;
  for (const [position, row] of rows.entries()) {
    if (z.validate(accept, row)) {
      valid[position] = 1;
      continue;
    }
    invalid += 1;
    if (truncated) continue;
    // One more than is wanted tells whether there are more.
    const limit = maxErrors + 1 - errors.length;
    for (const one of reasons(schema, row, firstIndex + position, limit)) errors.push(one);
    truncated = errors.length > maxErrors;
  }
  errors.length = Math.min(errors.length, maxErrors);
  return { valid, invalid, errors, truncated };
}

/** Zod refuses a row in which its schema finds nothing wrong: a defect of the compiler. */
export class LayersDisagreeError extends Error {
  override readonly name = 'LayersDisagreeError';
}

function reasons(schema: RecordSchema, row: unknown, index: number, limit: number): ErrorRecord[] {
  const records = explain(schema, row, index, limit);
  if (records.length > 0) return records;
  const what = `the Zod schema of ${schema.name} refuses row ${index}, its JSON Schema does not`;
  throw new LayersDisagreeError(`${what}; please report this`);
}
