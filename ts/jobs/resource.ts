import type { ErrorParams } from '../errors.js';
import { errorDetail } from '../errors.js';
import { ERRORS, type ErrorCode } from '../generated/errors.js';
import type { FilledRequest } from './request.js';

/** Every state that a job can be in. */
export const JOB_STATES = [
  'queued',
  'running',
  'succeeded',
  'failed',
  'cancelling',
  'cancelled',
  'rolled_back',
] as const;
export type JobState = (typeof JOB_STATES)[number];

export type JobStage = 'extract' | 'transform' | 'load' | 'publish';

/** Counts of source records: `read = written + rejected + filtered + deduplicated`. */
export interface Counts {
  readonly read: number;
  readonly written: number;
  readonly rejected: number;
  readonly filtered: number;
  readonly deduplicated: number;
}

/** How far a job is; `ratio` from 0 to 1, `eta_s` in seconds, null while unknown. */
export interface Progress {
  readonly bytes_read: number;
  readonly bytes_total: number | null;
  readonly rows_read: number;
  readonly ratio: number | null;
  readonly eta_s: number | null;
}

/** Why a job failed, from the one table of errors. */
export interface JobFailure {
  readonly code: ErrorCode;
  readonly title: string;
  readonly detail: string;
  readonly retryable: boolean;
}

/** What a job published. */
export interface Output {
  readonly path: string;
  readonly version: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** How the job's data crossed between the processes; file jobs carry none through Node. */
export interface BridgeUse {
  readonly path: 'shared' | 'inline';
  readonly bytes_mapped: number;
  readonly bytes_copied: number;
}

/** The job as its callers see it. */
export interface Job {
  readonly job_id: string;
  readonly state: JobState;
  readonly stage: JobStage | null;
  readonly attempt: number;
  readonly progress: Progress;
  readonly counts: Counts;
  readonly error: JobFailure | null;
  readonly output: Output | null;
  readonly bridge: BridgeUse | null;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly request: FilledRequest & { readonly job_id: string };
}

const NO_COUNTS: Counts = { read: 0, written: 0, rejected: 0, filtered: 0, deduplicated: 0 };
const NO_PROGRESS: Progress = {
  bytes_read: 0,
  bytes_total: null,
  rows_read: 0,
  ratio: null,
  eta_s: null,
};
const ENDED: ReadonlySet<JobState> = new Set(['succeeded', 'failed', 'cancelled', 'rolled_back']);

/** A job as it is when its request has been taken in. */
export function newJob(jobId: string, request: FilledRequest): Job {
  const { job_id: _, ...rest } = request;
  return {
    job_id: jobId,
    state: 'queued',
    stage: null,
    attempt: 0,
    progress: NO_PROGRESS,
    counts: NO_COUNTS,
    error: null,
    output: null,
    bridge: null,
    created_at: new Date().toISOString(),
    started_at: null,
    finished_at: null,
    request: { job_id: jobId, ...rest },
  };
}

/** Whether nothing more will happen to a job by itself. */
export function hasEnded(job: Job): boolean {
  return ENDED.has(job.state);
}

/** The job at the start of its next attempt. */
export function started(job: Job): Job {
  return {
    ...requeued(job),
    state: 'running',
    stage: 'extract',
    attempt: job.attempt + 1,
    started_at: new Date().toISOString(),
  };
}

/** The job back in the queue, with nothing left of the attempt that did not end. */
export function requeued(job: Job): Job {
  return {
    ...job,
    state: 'queued',
    stage: null,
    progress: NO_PROGRESS,
    counts: NO_COUNTS,
    output: null,
    bridge: null,
  };
}

/** The job after its output has been published. */
export function succeeded(job: Job): Job {
  const progress = { ...job.progress, ratio: 1, eta_s: 0 };
  const finished_at = new Date().toISOString();
  return { ...job, state: 'succeeded', stage: null, progress, finished_at };
}

/** The job after it failed: nothing was written, the other counts as far as it read. */
export function failed(job: Job, code: ErrorCode, params: ErrorParams): Job {
  const { title, retryable } = ERRORS[code];
  return {
    ...job,
    state: 'failed',
    stage: null,
    counts: { ...job.counts, written: 0 },
    error: { code, title, detail: errorDetail(code, params), retryable },
    output: null,
    finished_at: new Date().toISOString(),
  };
}
