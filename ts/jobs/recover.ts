import { EtlError } from '../errors.js';
import type { Log } from '../observability/log.js';
import { discardAttempt } from './attempt.js';
import { failRecord } from './failure.js';
import { carryOut, isPublished } from './publication.js';
import { attemptFiles, type JobRecord } from './record.js';
import { requeued } from './resource.js';
import type { JobStore } from './store.js';

/** A server may be killed for reasons that are not the job's, hence more often than a worker. */
const MOST_SERVER_DEATHS = 10;

/** What recovery works with. */
export interface RecoveryParts {
  readonly store: JobStore;
  readonly stateDir: string;
  readonly log: Log;
}

/**
 * Brings every job that a previous server left behind to where it can go on.
 *
 * A job that was being published is published to its end; one that was running goes back to the
 * queue, with its staged file and spill folder removed, until too many servers have died under
 * it. One that cannot be recovered is logged and left for the next start, and stops no other.
 *
 * @returns the ids of the jobs to run, in the order of their submission.
 */
export async function recover(parts: RecoveryParts): Promise<string[]> {
  const queue: string[] = [];
  for (const record of parts.store.unfinished()) {
    const { job_id } = record.job;
    try {
      if (await recoverOne(parts, record)) queue.push(job_id);
    } catch (error) {
      parts.log.error({ event: 'job.lost', job_id, error }, 'a job is left as it is');
    }
  }
  return queue;
}

/** Whether the job is to be run again. */
async function recoverOne(parts: RecoveryParts, record: JobRecord): Promise<boolean> {
  const { store, stateDir, log } = parts;
  const files = attemptFiles(stateDir, record);
  try {
    if (await carryOut(parts, record, files)) return false;
    await discardAttempt(files, log);
    requeue(store, afterServerDeath(record));
    return true;
  } catch (error) {
    if (await isPublished(record)) throw error;
    await discardAttempt(files, log);
    store.update(failRecord(record, error));
    return false;
  }
}

function afterServerDeath(record: JobRecord): JobRecord {
  if (record.job.state !== 'running') return record;
  const serverDeaths = record.serverDeaths + 1;
  if (serverDeaths < MOST_SERVER_DEATHS) return { ...record, serverDeaths };
  const reason = `the server was killed ${serverDeaths} times while it ran this job`;
  throw new EtlError('JOB_FAILED', { reason });
}

/** Puts the job back to the queue. */
export function requeue(store: JobStore, record: JobRecord): void {
  store.update({ ...record, intent: null, job: requeued(record.job) });
}
