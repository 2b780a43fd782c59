import { readFile } from 'node:fs/promises';
import { EtlError, systemCode } from '../errors.js';
import { type Counts, hasEnded, type Job, type JobStage } from './resource.js';

/** What one step did to the rows; its seconds are summed over threads. */
export interface StepReport {
  readonly step: string;
  readonly rows_in: number;
  readonly rows_out: number;
  readonly seconds: number;
}

/** Errors alike: how many there are, and the first of them. */
export interface RejectKind {
  readonly stage: string;
  readonly code: string;
  readonly field: string;
  readonly count: number;
  readonly samples: readonly {
    readonly index: number;
    readonly path: string;
    readonly message: string;
    readonly value?: unknown;
  }[];
}

/** What one column of the output holds; what its type does not have is null. */
export interface ColumnReport {
  readonly name: string;
  readonly type: string;
  readonly count: number;
  readonly nulls: number;
  readonly distinct: number | null;
  readonly distinct_error: number | null;
  readonly min: unknown;
  readonly max: unknown;
  readonly mean: number | null;
  readonly length: { readonly min: number; readonly max: number; readonly mean: number } | null;
  readonly top_values: readonly { readonly value: unknown; readonly count: number }[] | null;
  readonly top_values_error: number | null;
}

/** What the engine tells of an attempt that ended. */
interface EngineReport {
  readonly duration_s: number | null;
  readonly bytes_read: number;
  readonly records_per_s: number | null;
  readonly bytes_per_s: number | null;
  readonly stages: readonly { readonly stage: JobStage; readonly seconds: number }[];
  readonly steps: readonly StepReport[];
  readonly rejects: {
    readonly records: number;
    readonly errors: number;
    readonly kinds: readonly RejectKind[];
  } | null;
  readonly profile: { readonly rows: number; readonly columns: readonly ColumnReport[] } | null;
}

/** The report of a job that ended. */
export interface JobReport
  extends Pick<
      Job,
      'job_id' | 'state' | 'attempt' | 'error' | 'created_at' | 'started_at' | 'finished_at'
    >,
    EngineReport {
  readonly counts: Counts;
}

/**
 * Reads the report of a job's latest attempt.
 *
 * An attempt that did not come as far as the engine, or whose worker died, has left none: then
 * the report has only what the job itself tells.
 *
 * @param path - the file that the engine wrote.
 * @throws EtlError `JOB_NOT_ENDED`.
 */
export async function readReport(job: Job, path: string): Promise<JobReport> {
  const { job_id, state, attempt, error, counts, created_at, started_at, finished_at } = job;
  if (!hasEnded(job)) throw new EtlError('JOB_NOT_ENDED', { job_id, state });
  const told = (await engineReport(path)) ?? {
    duration_s: null,
    bytes_read: job.progress.bytes_read,
    records_per_s: null,
    bytes_per_s: null,
    stages: [],
    steps: [],
    rejects: null,
    profile: null,
  };
  const known = { job_id, state, attempt, error, created_at, started_at, finished_at };
  return { ...known, ...told, counts };
}

async function engineReport(path: string): Promise<EngineReport | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as EngineReport;
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    return undefined;
  }
}
