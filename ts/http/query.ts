import { z } from 'zod';
import { EtlError } from '../errors.js';
import { nearest } from '../schema/suggest.js';

/**
 * Parses the query of a URL; a parameter that the call does not know is refused.
 *
 * @param parameters - a Zod schema for each parameter, every one optional or with a default; its
 *   messages say what the parameter must be.
 * @throws EtlError `INVALID_REQUEST`.
 */
export function parseQuery<T extends z.ZodRawShape>(
  parameters: T,
  query: Readonly<Record<string, unknown>>,
): z.infer<z.ZodObject<T>> {
  const parsed = z.strictObject(parameters).safeParse(query);
  if (parsed.success) return parsed.data;
  const names = Object.keys(parameters);
  const errors = parsed.error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((field) => ({
        field,
        message: `is not known${suggestion(field, names)}`,
      }));
    }
    const field = String(issue.path[0]);
    const wanted = Array.isArray(query[field]) ? 'given once' : issue.message;
    return [{ field, message: `must be ${wanted}` }];
  });
  throw badQuery(errors);
}

/** The error for parameters of a query, of which its text tells the first. */
export function badQuery(errors: readonly { field: string; message: string }[]): EtlError {
  const [first] = errors;
  const reason = `The query parameter ${first?.field} ${first?.message}`;
  return new EtlError('INVALID_REQUEST', { reason }, { errors });
}

/** What a cursor must be. */
export const NEXT_CURSOR = 'a next_cursor';

/** Makes a position opaque, so that nobody counts on what it means; null at the end. */
export function encodeCursor(position: number | undefined): string | null {
  return position === undefined ? null : Buffer.from(String(position)).toString('base64url');
}

/** A parameter that takes what `encodeCursor` has made. */
export const cursor = z
  .string()
  .transform((text) => Buffer.from(text, 'base64url').toString('latin1'))
  .refine((position) => /^\d{1,15}$/.test(position), { error: NEXT_CURSOR })
  .transform(Number);

function suggestion(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  if (near !== undefined) return `; did you mean ${near}?`;
  return known.length > 0 ? `; known: ${known.join(', ')}` : ', as the call has none';
}
