import { EtlError } from '../errors.js';
import type { JobRequest } from '../generated/api/job-request.js';
import { shown } from '../schema/canonical.js';
import { JobEnds } from './ends.js';
import { type AttemptFiles, attemptFiles, type JobRecord } from './record.js';
import { recover } from './recover.js';
import { type RejectsPage, readRejects } from './rejects.js';
import { type JobReport, readReport } from './report.js';
import { hasEnded, type Job, type JobState } from './resource.js';
import { JobRunner, type RunnerParts } from './runner.js';
import { submit } from './submit.js';

/** A page of jobs, newest first. */
export interface JobsPage {
  readonly jobs: Job[];
  readonly next: number | undefined;
}

/** All that can be done with jobs, whoever asks: HTTP, or a command in its own process. */
export class JobService {
  readonly #parts: RunnerParts;
  readonly #runner: JobRunner;

  constructor(parts: Omit<RunnerParts, 'ends'>) {
    this.#parts = { ...parts, ends: new JobEnds() };
    this.#runner = new JobRunner(this.#parts);
  }

  /** Takes up what a previous server left behind; to be done before anything else. */
  async recover(): Promise<void> {
    for (const jobId of await recover(this.#parts)) this.#runner.enqueue(jobId);
  }

  /** Begins to run jobs. */
  start(): void {
    this.#runner.start();
  }

  /** Takes a request in and queues its job; see {@link submit} for what is checked. */
  async submit(
    request: JobRequest,
    idempotencyKey: string | null = null,
  ): Promise<{ job: Job; created: boolean }> {
    const { record, created } = await submit(this.#parts, request, idempotencyKey);
    if (created) this.#runner.enqueue(record.job.job_id);
    return { job: record.job, created };
  }

  /** @throws EtlError `JOB_NOT_FOUND`. */
  get(jobId: string): Job {
    return this.#record(jobId).job;
  }

  /** The job at its end, or as it is when `signal` is aborted before. */
  async wait(jobId: string, signal: AbortSignal): Promise<Job> {
    if (!hasEnded(this.get(jobId)) && !signal.aborted) await this.#parts.ends.wait(jobId, signal);
    return this.get(jobId);
  }

  list(options: { state?: JobState; before?: number; limit: number }): JobsPage {
    const { records, next } = this.#parts.store.list(options);
    return { jobs: records.map(({ job }) => job), next };
  }

  /** A page of the rejects of the job's latest attempt, from a byte of its file on. */
  rejects(jobId: string, from: number, limit: number): Promise<RejectsPage> {
    return readRejects(this.files(jobId).rejects, from, limit);
  }

  /**
   * The report of the job's latest attempt.
   *
   * @throws EtlError `JOB_NOT_FOUND`, or `JOB_NOT_ENDED`.
   */
  async report(jobId: string): Promise<JobReport> {
    return readReport(this.get(jobId), this.files(jobId).report);
  }

  /** Where the files of the job's latest attempt lie. */
  files(jobId: string): AttemptFiles {
    return attemptFiles(this.#parts.stateDir, this.#record(jobId));
  }

  /** Throws when the store does not answer. */
  check(): void {
    this.#parts.store.check();
  }

  /** Stops running jobs, and puts those that run back to the queue. */
  stop(): Promise<void> {
    return this.#runner.stop();
  }

  #record(jobId: string): JobRecord {
    const record = this.#parts.store.find(jobId);
    if (!record) throw new EtlError('JOB_NOT_FOUND', { job_id: shown(jobId) });
    return record;
  }
}
