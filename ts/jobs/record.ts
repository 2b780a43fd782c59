import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import type { PublishIntent } from './publish.js';
import type { Job } from './resource.js';

/** What the store keeps of a job: the resource, and what only the server needs. */
export interface JobRecord {
  readonly job: Job;
  /** The source and target with every link resolved; checked again before each attempt. */
  readonly source: string;
  readonly target: string;
  /** The digest of the record schema that the job was submitted under. */
  readonly schemaDigest: string | null;
  /** How often a worker died under this job. */
  readonly crashes: number;
  /** Set, and synced, before the first step of publication; null when there is nothing to publish. */
  readonly intent: PublishIntent | null;
}

/** Where the files of an attempt lie; none of them is the target. */
export interface AttemptFiles {
  readonly folder: string;
  readonly rejects: string;
  readonly spill: string;
  readonly staged: string;
}

const LONGEST_NAME = 255;

/** Names the files of the record's current attempt. */
export function attemptFiles(stateDir: string, { job, target }: JobRecord): AttemptFiles {
  const folder = join(stateDir, 'jobs', job.job_id, String(job.attempt));
  return {
    folder,
    rejects: join(folder, 'rejects.ndjson'),
    spill: join(folder, 'spill'),
    staged: join(dirname(target), stagedName(basename(target), job)),
  };
}

/** The staged file stands beside its target, as only there a rename is sure to be one step. */
function stagedName(targetName: string, { job_id, attempt }: Job): string {
  const name = (target: string) => `.${target}.${job_id}.${attempt}.staged`;
  if (Buffer.byteLength(name(targetName)) <= LONGEST_NAME) return name(targetName);
  return name(createHash('sha256').update(targetName).digest('hex').slice(0, 16));
}
