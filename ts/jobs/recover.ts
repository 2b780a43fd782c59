import { discardAttempt } from './attempt.js';
import { failRecord } from './failure.js';
import { carryOut } from './publication.js';
import { attemptFiles, type JobRecord } from './record.js';
import { requeued } from './resource.js';
import type { JobStore } from './store.js';

/**
 * Brings every job that a previous server left behind to where it can go on.
 *
 * A job that was being published is published to its end; one that was running goes back to the
 * queue, with its staged file and spill folder removed.
 *
 * @returns the ids of the jobs to run, in the order of their submission.
 */
export async function recover(store: JobStore, stateDir: string): Promise<string[]> {
  const queue: string[] = [];
  for (const record of store.unfinished()) {
    if (await recoverOne(store, stateDir, record)) queue.push(record.job.job_id);
  }
  return queue;
}

/** Whether the job is to be run again. */
async function recoverOne(store: JobStore, stateDir: string, record: JobRecord): Promise<boolean> {
  const files = attemptFiles(stateDir, record);
  try {
    const published = await carryOut(store, record);
    await discardAttempt(files);
    if (!published) requeue(store, record);
    return !published;
  } catch (error) {
    await discardAttempt(files);
    store.update(failRecord(record, error));
    return false;
  }
}

/** Puts the job back to the queue. */
export function requeue(store: JobStore, record: JobRecord): void {
  store.update({ ...record, intent: null, job: requeued(record.job) });
}
