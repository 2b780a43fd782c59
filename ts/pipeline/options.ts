import type { z } from 'zod';
import type { JobRequest } from '../generated/api/job-request.js';
import type { BUILT_IN } from '../generated/records/index.js';
import type { SettingName } from '../settings.js';
import type { FileFormat } from './file-format.js';

type BuiltIn = typeof BUILT_IN;

/** The names of the record schemas that come with the package. */
export type BuiltInName = keyof BuiltIn;

/** The records of a built-in schema. */
export type RecordOf<Name extends BuiltInName> = z.infer<BuiltIn[Name]['zod']>;

/** How a {@link Pipeline} is to be. */
export interface PipelineOptions {
  /** The record schema, built in or of ETL_SCHEMA_DIR; without one only `callPython` works. */
  readonly schema?: string;
  /** What is done to valid records, in order, as in a job: `normalize`, `deduplicate`, `aggregate`. */
  readonly transformations?: JobRequest['transformations'];
  /** The file that `finish` publishes, from the working folder on. */
  readonly target?: string;
  /** The format of the target; where its extension says none, or another one. */
  readonly targetType?: FileFormat;
  /** What `finish` does when the target exists: replaces it (default) or fails. */
  readonly ifExists?: 'replace' | 'fail';
  /** An NDJSON file for every error of every rejected record, published with the target. */
  readonly deadLetters?: string;
  /** How many errors `validate` and `transform` list per chunk (1000); the counts stay exact. */
  readonly maxErrors?: number;
  /** Python processes; ETL_WORKERS, or as many as there are cores. */
  readonly workers?: number;
  /** Settings by their environment names, over those of `process.env`. */
  readonly settings?: Partial<Record<SettingName, string>>;
}

/** What every method takes: how its caller ends it early. */
export interface MethodOptions {
  /** Ends it with a BridgeError `CANCELLED`, whose cause is the signal's reason. */
  readonly signal?: AbortSignal;
  /** Milliseconds after which it ends with a BridgeError `WORKER_TIMEOUT`. */
  readonly timeout?: number;
}
