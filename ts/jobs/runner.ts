import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { WorkerPool } from '../bridge/pool.js';
import { EtlError } from '../errors.js';
import type { Log } from '../observability/log.js';
import type { SchemaRegistry } from '../schema/registry.js';
import {
  discardAttempt,
  type JobEvent,
  type JobLimits,
  type JobResult,
  runAttempt,
} from './attempt.js';
import type { JobEnds } from './ends.js';
import { failRecord, isCrash, isDefect, isWorkerLoss } from './failure.js';
import { faultPoint } from './fault-point.js';
import type { DataRoots } from './paths.js';
import { carryOut, isPublished, planPublication } from './publication.js';
import { type AttemptFiles, attemptFiles, type JobRecord, startAttempt } from './record.js';
import { requeue } from './recover.js';
import { hasEnded } from './resource.js';
import type { JobStore } from './store.js';

const MOST_CRASHES = 3;
const STORE_INTERVAL_MS = 500;
const READY_INTERVAL_MS = 1_000;

/** What the runner works with. */
export interface RunnerParts {
  readonly store: JobStore;
  readonly pool: WorkerPool;
  readonly roots: DataRoots;
  readonly registry: SchemaRegistry;
  readonly ends: JobEnds;
  readonly stateDir: string;
  /** How many jobs run at a time; not more than the pool has workers. */
  readonly concurrency: number;
  readonly limits: JobLimits;
  readonly log: Log;
}

/** Takes jobs from the queue, in order, and brings each to its end. */
export class JobRunner {
  readonly #parts: RunnerParts;
  readonly #queue: string[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  /** Publications go one after the other, so that each knows which version it replaces. */
  #publishing: Promise<unknown> = Promise.resolve();
  #isStarted = false;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  /** Begins to run jobs; those that are enqueued before wait for it. */
  start(): void {
    this.#isStarted = true;
    this.#fill();
  }

  /** Puts a job that the store has as queued in line. */
  enqueue(jobId: string): void {
    this.#queue.push(jobId);
    this.#fill();
  }

  /**
   * Stops: jobs that run are put back to the queue of the store, their workers are killed.
   * A job that is being published is published to its end.
   */
  async stop(): Promise<void> {
    this.#queue.length = 0;
    this.#stopping.abort();
    await this.#parts.pool.close();
    await Promise.all(this.#running);
  }

  #fill(): void {
    if (!this.#isStarted) return;
    while (this.#running.size < this.#parts.concurrency && !this.#stopping.signal.aborted) {
      const jobId = this.#queue.shift();
      if (jobId === undefined) return;
      const run = this.#run(jobId)
        .catch((error: unknown) => {
          this.#parts.log.error(
            { event: 'job.lost', job_id: jobId, error },
            'a job is left as it is',
          );
        })
        .finally(() => {
          this.#running.delete(run);
          this.#fill();
        });
      this.#running.add(run);
    }
  }

  async #run(jobId: string): Promise<void> {
    const { store, stateDir, ends, log } = this.#parts;
    if (!(await this.#workersReady())) {
      this.#queue.unshift(jobId);
      return;
    }
    const queued = store.find(jobId);
    if (queued?.job.state !== 'queued') return;
    const record = startAttempt(queued);
    const files = attemptFiles(stateDir, record);
    store.update(record);
    faultPoint('attempt.started');
    const context = { job_id: jobId, attempt: record.job.attempt };
    log.info({ event: 'job.started', ...context }, 'job started');
    try {
      await this.#attempt(record, files);
    } catch (error) {
      await this.#settle(store.find(jobId) ?? record, files, error);
    }
    const { job } = store.find(jobId) ?? record;
    if (!hasEnded(job)) return;
    log.info(
      { event: `job.${job.state}`, ...context, counts: job.counts, error_code: job.error?.code },
      `job ${job.state}`,
    );
    ends.announce(jobId);
  }

  /** Jobs stay queued for as long as workers cannot start; `/readyz` says why. */
  async #workersReady(): Promise<boolean> {
    const { signal } = this.#stopping;
    try {
      await this.#parts.pool.ready(signal);
      return true;
    } catch {
      await delay(READY_INTERVAL_MS, undefined, { signal }).catch(() => undefined);
      return false;
    }
  }

  /** The stages of one attempt, in order. */
  async #attempt(record: JobRecord, files: AttemptFiles): Promise<void> {
    await forgetEarlierAttempts(files, record.job.attempt);
    await this.#checkAgain(record);
    const result = await this.#extractTransformLoad(record, files);
    await this.#publish(record, files, result);
  }

  /** What was checked at submission may have changed since. */
  async #checkAgain({ job: { request }, source, target, schemaDigest }: JobRecord): Promise<void> {
    const { roots, registry } = this.#parts;
    const now = {
      source: await roots.source(request.source_path),
      target: await roots.targetInFolder(request.target_path, request.if_exists),
    };
    if (now.source !== source || now.target !== target) {
      throw new EtlError('JOB_FAILED', { reason: 'its paths lead elsewhere since its submission' });
    }
    const { schema_name } = request;
    if (schema_name !== undefined && registry.get(schema_name)?.digest !== schemaDigest) {
      const reason = `the record schema ${schema_name} is another since its submission; submit it again`;
      throw new EtlError('JOB_FAILED', { reason });
    }
  }

  async #extractTransformLoad(record: JobRecord, files: AttemptFiles): Promise<JobResult> {
    const { store, pool, limits } = this.#parts;
    let stored = performance.now();
    let latest = record;
    const onEvent = ({ progress, counts }: JobEvent) => {
      const { stage = latest.job.stage, ...rest } = progress ?? {};
      const job = { ...latest.job, stage, ...(counts && { counts }) };
      latest = { ...latest, job: { ...job, progress: { ...job.progress, ...rest } } };
      if (performance.now() - stored < STORE_INTERVAL_MS) return;
      stored = performance.now();
      store.update(latest);
    };
    const { signal } = this.#stopping;
    const result = await runAttempt(record, files, limits, pool, { signal, onEvent });
    store.update(latest);
    return result;
  }

  async #publish(record: JobRecord, files: AttemptFiles, result: JobResult): Promise<void> {
    const { store } = this.#parts;
    const publication = this.#publishing.then(async () => {
      const planned = await planPublication(
        store,
        store.find(record.job.job_id) ?? record,
        files,
        result,
      );
      if (!(await carryOut(this.#parts, planned, files))) {
        throw new EtlError('JOB_FAILED', { reason: 'its staged output is gone' });
      }
    });
    this.#publishing = publication.catch(() => undefined);
    await publication;
  }

  /** After an attempt that threw: again, later, or failed. */
  async #settle(record: JobRecord, files: AttemptFiles, thrown: unknown): Promise<void> {
    const { store, log } = this.#parts;
    const context = { job_id: record.job.job_id, attempt: record.job.attempt, error: thrown };
    // The next start calls it succeeded, which could not be stored now.
    if (await isPublished(record)) throw thrown;
    await discardAttempt(files, log);
    if (this.#stopping.signal.aborted) {
      requeue(store, record);
      return;
    }
    const crashes = record.crashes + (isCrash(thrown) ? 1 : 0);
    if (isWorkerLoss(thrown) && crashes < MOST_CRASHES) {
      log.warn({ event: 'job.retried', ...context }, 'the job lost its worker and is run again');
      requeue(store, { ...record, crashes });
      this.#queue.unshift(record.job.job_id);
      return;
    }
    log[isDefect(thrown) ? 'error' : 'debug'](
      { event: 'job.error', ...context },
      'an attempt failed',
    );
    store.update(failRecord({ ...record, crashes }, thrown));
  }
}

/** The rejects of an attempt that was made again are those of the later attempt. */
async function forgetEarlierAttempts(files: AttemptFiles, attempt: number): Promise<void> {
  const folder = dirname(files.folder);
  const earlier = Array.from({ length: attempt - 1 }, (_, index) => `${folder}/${index + 1}`);
  await Promise.all(earlier.map((path) => rm(path, { recursive: true, force: true })));
}
