import type { JobRequest } from './generated/api/job-request.js';
import type { JobReport } from './jobs/report.js';
import { hasEnded, JOB_STATES, type Job } from './jobs/resource.js';

const LONG_POLL_S = 1;

/** An error as the server describes it, by RFC 9457. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly status: number;
  /** A code of the table of errors; `UNKNOWN` for an answer that is not one of this server's. */
  readonly code: string;
  readonly errors: readonly Record<string, unknown>[];

  constructor(status: number, problem: Record<string, unknown>) {
    super(typeof problem.detail === 'string' ? problem.detail : `the server answered ${status}`);
    this.status = status;
    this.code = typeof problem.code === 'string' ? problem.code : 'UNKNOWN';
    this.errors = Array.isArray(problem.errors) ? problem.errors : [];
  }
}

/** Nothing that answers HTTP listens there. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

/** A reject: an error record, and where in the source its record stands. */
export type Reject = Readonly<Record<string, unknown>>;

/** A page of rejects; `next_cursor` is null on the last. */
export interface RejectsPage {
  readonly rejects: readonly Reject[];
  readonly next_cursor: string | null;
}

/**
 * Submits and follows the jobs of a server.
 *
 * @example
 * const jobs = new JobsClient('http://127.0.0.1:3000');
 * const { job_id } = await jobs.submit(request);
 * for await (const job of jobs.follow(job_id)) console.log(job.state, job.progress.ratio);
 */
export class JobsClient {
  readonly #api: URL;

  /** @param url - where the server listens. */
  constructor(url: string) {
    this.#api = new URL('/api/v1/', url);
  }

  /**
   * Submits a job; the same request under the same `job_id` or key gives the same job.
   *
   * @throws ProblemError when the server refuses it; UnreachableError when there is none.
   */
  submit(
    request: JobRequest,
    options: { idempotencyKey?: string; signal?: AbortSignal } = {},
  ): Promise<Job> {
    const { idempotencyKey, signal } = options;
    return this.#send('jobs', isJob, signal, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        ...(idempotencyKey !== undefined && { 'Idempotency-Key': idempotencyKey }),
      },
      body: JSON.stringify(request),
    });
  }

  /** The job as it is, or at its end when that comes within `wait` seconds (0 to 60). */
  get(jobId: string, options: { wait?: number; signal?: AbortSignal } = {}): Promise<Job> {
    const { wait = 0, signal } = options;
    return this.#send(`jobs/${encodeURIComponent(jobId)}?wait=${wait}`, isJob, signal);
  }

  /** The job about every second, and last at its end. */
  async *follow(jobId: string, options: { signal?: AbortSignal } = {}): AsyncGenerator<Job> {
    for (;;) {
      const job = await this.get(jobId, { ...options, wait: LONG_POLL_S });
      yield job;
      if (hasEnded(job)) return;
    }
  }

  /** A page of the job's rejects. */
  rejects(
    jobId: string,
    options: { cursor?: string; limit?: number; signal?: AbortSignal } = {},
  ): Promise<RejectsPage> {
    const { cursor, limit, signal } = options;
    const query = new URLSearchParams();
    if (cursor !== undefined) query.set('cursor', cursor);
    if (limit !== undefined) query.set('limit', String(limit));
    const path = `jobs/${encodeURIComponent(jobId)}/rejects?${query}`;
    return this.#send(path, isRejectsPage, signal);
  }

  /**
   * What the job did, how long that took, and what fell out.
   *
   * @throws ProblemError `JOB_NOT_ENDED` before its end.
   */
  report(jobId: string, options: { signal?: AbortSignal } = {}): Promise<JobReport> {
    return this.#send(`jobs/${encodeURIComponent(jobId)}/report`, isReport, options.signal);
  }

  async #send<T>(
    path: string,
    isExpected: (body: unknown) => body is T,
    signal?: AbortSignal,
    init: RequestInit = {},
  ): Promise<T> {
    const url = new URL(path, this.#api);
    let response: Response;
    try {
      response = await fetch(url, { ...init, ...(signal && { signal }) });
    } catch (error) {
      signal?.throwIfAborted();
      throw new UnreachableError(`${url.origin} does not answer`, { cause: error });
    }
    const body: unknown = await response.json().catch(() => undefined);
    if (!response.ok) throw new ProblemError(response.status, isObject(body) ? body : {});
    if (isExpected(body)) return body;
    const detail = `${url.origin} is not an etl server; it answers ${path} by something else`;
    throw new ProblemError(response.status, { detail });
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isJob(body: unknown): body is Job {
  if (!isObject(body) || typeof body.job_id !== 'string') return false;
  const isKnown = JOB_STATES.some((state) => state === body.state);
  return isKnown && isObject(body.progress) && isObject(body.counts);
}

function isReport(body: unknown): body is JobReport {
  return isObject(body) && Array.isArray(body.steps) && isObject(body.counts);
}

function isRejectsPage(body: unknown): body is RejectsPage {
  return isObject(body) && Array.isArray(body.rejects);
}
