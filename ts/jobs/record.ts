import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { PublishIntent } from './publish.js';
import { type Job, started } from './resource.js';

/** What the store keeps of a job: the resource, and what only the server needs. */
export interface JobRecord {
  readonly job: Job;
  /** The source and target with every link resolved; checked again before each attempt. */
  readonly source: string;
  readonly target: string;
  /** The file that the current attempt stages its output in. */
  readonly staged: string;
  /** The digest of the record schema that the job was submitted under. */
  readonly schemaDigest: string | null;
  /** How often a worker died under this job. */
  readonly crashes: number;
  /** How often a whole server died under this job. */
  readonly serverDeaths: number;
  /** Set, and synced, before the first step of publication; null when there is nothing to publish. */
  readonly intent: PublishIntent | null;
}

/** Where the files of an attempt lie; none of them is the target. */
export interface AttemptFiles {
  readonly folder: string;
  readonly rejects: string;
  readonly report: string;
  readonly spill: string;
  readonly staged: string;
}

/** The record of a job that has just been taken in. */
export function newRecord(
  job: Job,
  { source, target, schemaDigest }: Pick<JobRecord, 'source' | 'target' | 'schemaDigest'>,
): JobRecord {
  const staged = stagedBeside(target, job);
  return { job, source, target, staged, schemaDigest, crashes: 0, serverDeaths: 0, intent: null };
}

/** The record at the start of the job's next attempt, which stages its output under a new name. */
export function startAttempt(record: JobRecord): JobRecord {
  const job = started(record.job);
  return { ...record, job, staged: stagedBeside(record.target, job), intent: null };
}

/** Names the files of the record's current attempt. */
export function attemptFiles(stateDir: string, { job, staged }: JobRecord): AttemptFiles {
  const folder = join(stateDir, 'jobs', job.job_id, String(job.attempt));
  return {
    folder,
    rejects: join(folder, 'rejects.ndjson'),
    report: join(folder, 'report.json'),
    spill: join(folder, 'spill'),
    staged,
  };
}

/**
 * A name that no other attempt has and nobody can guess, in the target's own folder, as only
 * there a rename is sure to be one step.
 */
function stagedBeside(target: string, { job_id }: Job): string {
  return join(dirname(target), `.${job_id}.${randomUUID()}.staged`);
}
