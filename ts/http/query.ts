import { z } from 'zod';
import { EtlError } from '../errors.js';
import { nearest } from '../schema/suggest.js';

/** A whole number in a query string. */
export function wholeNumber(least: number, most: number) {
  return z
    .string()
    .refine((text) => /^\d{1,9}$/.test(text) && +text >= least && +text <= most, {
      error: `must be a whole number from ${least} to ${most}`,
    })
    .transform(Number);
}

/**
 * Parses the query of a URL; a parameter that the call does not know is refused.
 *
 * @param parameters - a Zod schema for each parameter, every one optional or with a default.
 * @throws EtlError `INVALID_REQUEST`.
 */
export function parseQuery<T extends z.ZodRawShape>(
  parameters: T,
  query: unknown,
): z.infer<z.ZodObject<T>> {
  const parsed = z.strictObject(parameters).safeParse(query);
  if (parsed.success) return parsed.data;
  const names = Object.keys(parameters);
  const errors = parsed.error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys')
      return [{ field: String(issue.path[0]), message: issue.message }];
    return issue.keys.map((field) => ({
      field,
      message: `is not known${suggestion(field, names)}`,
    }));
  });
  const [first] = errors;
  const reason = `The query parameter ${first?.field} ${first?.message}`;
  throw new EtlError('INVALID_REQUEST', { reason }, { errors });
}

/** Makes a position opaque, so that nobody counts on what it means; null at the end. */
export function encodeCursor(position: number | undefined): string | null {
  return position === undefined ? null : Buffer.from(String(position)).toString('base64url');
}

/** A parameter that takes what `encodeCursor` has made. */
export const cursor = z
  .string()
  .transform((text) => Buffer.from(text, 'base64url').toString('latin1'))
  .refine((position) => /^\d{1,15}$/.test(position), { error: 'must be a next_cursor' })
  .transform(Number);

function suggestion(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  if (near !== undefined) return `; did you mean ${near}?`;
  return known.length > 0 ? `; known: ${known.join(', ')}` : ', as the call has none';
}
