import type { ErrorRecord } from '../schema/validate.js';

/** An error record, and where in the file its record stands. */
export type PlacedError = ErrorRecord & { readonly line?: number; readonly row?: number };

/** The verdict on a file; the counts are exact even where the list of errors is cut. */
export interface FileVerdict {
  readonly total: number;
  readonly invalid: number;
  readonly errors: readonly PlacedError[];
  readonly truncated: boolean;
}
