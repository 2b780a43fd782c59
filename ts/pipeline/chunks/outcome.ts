import type { ErrorRecord } from '../../schema/validate.js';

/** What was found wrong in a chunk; indices are of its rows, from 0. */
export interface Outcome {
  readonly read: number;
  /** The rows that were rejected, in ascending order. */
  readonly refused: readonly number[];
  readonly errors: readonly ErrorRecord[];
  readonly truncated: boolean;
}

/** What became of the rows of a chunk: `read = valid + rejected`. */
export interface ChunkCounts {
  readonly read: number;
  readonly valid: number;
  readonly rejected: number;
}

/** What was found wrong in a chunk, beside the rows that are left of it. */
export interface Judged {
  /** The errors of rejected rows by their index in the chunk, up to the pipeline's `maxErrors`. */
  readonly errors: readonly ErrorRecord[];
  /** Whether there were more. */
  readonly errorsTruncated: boolean;
  readonly counts: ChunkCounts;
}

/** What an outcome tells, of whose errors `most` are listed. */
export function judgedOf({ read, refused, errors, truncated }: Outcome, most: number): Judged {
  const rejected = refused.length;
  return {
    errors: errors.slice(0, most),
    errorsTruncated: truncated || errors.length > most,
    counts: { read, valid: read - rejected, rejected },
  };
}
